#include "solver/axis_ticks.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <stdexcept>

namespace nusselt {
namespace {

const std::string minus_sign = "\u2212";

std::string raised(std::string_view digits) {
  static const char* const superscripts[] = {"\u2070", "\u00b9", "\u00b2", "\u00b3", "\u2074",
                                             "\u2075", "\u2076", "\u2077", "\u2078", "\u2079"};
  std::string text;
  for (const char c : digits) text += c == '-' ? "\u207b" : superscripts[c - '0'];
  return text;
}

std::string fixed(double value, int decimals) {
  char buffer[400];
  std::snprintf(buffer, sizeof buffer, "%.*f", decimals, value);
  std::string text = buffer;
  if (text.find_first_not_of("-0.") == std::string::npos && text[0] == '-') text.erase(0, 1);
  if (text[0] == '-') text.replace(0, 1, minus_sign);
  return text;
}

void check_range(double low, double high, int wanted) {
  if (!std::isfinite(low) || !std::isfinite(high) || !(low < high) || wanted < 2)
    throw std::invalid_argument("an axis needs a finite range from low to high, it was given " + std::to_string(low) +
                                " to " + std::to_string(high));
}

struct Step {
  int mantissa;  // 10, 20, 25 or 50, in tenths
  int exponent;
  double size() const { return mantissa * std::pow(10.0, exponent - 1); }
};

Step nice_step(double rough) {
  int exponent = int(std::floor(std::log10(rough)));
  const double mantissa = rough / std::pow(10.0, exponent);
  for (const int candidate : {10, 20, 25, 50})
    if (mantissa <= 1.15 * candidate / 10.0) return {candidate, exponent};
  return {10, exponent + 1};
}

}  // namespace

AxisTicks linear_ticks(double low, double high, int wanted, double largest) {
  check_range(low, high, wanted);
  AxisTicks ticks;
  largest = std::max({largest, std::abs(low), std::abs(high)});
  if (largest < 0.01 || largest >= 1e5) ticks.power = 3 * int(std::floor(std::log10(largest) / 3));
  const Step step = nice_step((high - low) / wanted);
  const int decimals = std::clamp(ticks.power - step.exponent + (step.mantissa == 25 ? 1 : 0), 0, 15);
  const double tolerance = 1e-6;  // of a step: an end that is a multiple but for rounding keeps its mark
  const double first = std::ceil(low / step.size() - tolerance);
  const double last = std::floor(high / step.size() + tolerance);
  for (double i = first; i <= last; i += 1) {
    ticks.positions.push_back(std::clamp(i * step.size(), low, high));
    ticks.labels.push_back(fixed(i * step.size() / std::pow(10.0, ticks.power), decimals));
  }
  return ticks;
}

AxisTicks log_ticks(double low, double high, int wanted) {
  check_range(low, high, wanted);
  if (low <= 0) throw std::invalid_argument("a logarithmic axis needs positive numbers");
  AxisTicks ticks;
  const double tolerance = 1e-9;
  const int first = int(std::ceil(std::log10(low) - tolerance));
  const int last = int(std::floor(std::log10(high) + tolerance));
  const int decades = last - first + 1;
  const int every = std::max(1, int(std::ceil(double(decades) / wanted)));
  const auto add = [&](double value, std::string label) {
    ticks.positions.push_back(std::clamp(value, low, high));
    ticks.labels.push_back(std::move(label));
  };
  for (int exponent = first - 1; exponent <= last; ++exponent)
    for (int digit = 1; digit <= 9; ++digit) {
      const double value = digit * std::pow(10.0, exponent);
      if (value < low * (1 - tolerance) || value > high * (1 + tolerance)) continue;
      if (digit == 1 && (exponent % every + every) % every == 0)
        add(value, power_of_ten(exponent));
      else if (decades <= 2 && (digit == 2 || digit == 5))
        add(value, std::to_string(digit) + "\u00d7" + power_of_ten(exponent));
      else if (digit == 1 || every == 1)
        ticks.minor.push_back(value);
    }
  if (ticks.positions.size() < 2) {
    // Less than a decade without two of the marks above: the ends themselves.
    ticks.positions = {low, high};
    ticks.labels = {short_number(low), short_number(high)};
  }
  return ticks;
}

std::string power_of_ten(int exponent) { return "10" + raised(std::to_string(exponent)); }

std::string raised_unit(std::string_view unit) {
  std::string shown;
  for (std::size_t i = 0; i < unit.size();) {
    const bool exponent_starts = i > 0 && std::isalpha(static_cast<unsigned char>(unit[i - 1])) &&
                                 (unit[i] == '-' || std::isdigit(static_cast<unsigned char>(unit[i])));
    const std::size_t end =
        exponent_starts ? std::min(unit.size(), unit.find_first_not_of("0123456789", i + 1)) : i + 1;
    shown += exponent_starts ? raised(unit.substr(i, end - i)) : std::string(1, unit[i]);
    i = end;
  }
  return shown;
}

std::string axis_title(std::string_view name, std::string_view unit, int power) {
  if (unit.empty() && power == 0) return std::string(name);
  std::string inside = power == 0 ? "" : power_of_ten(power);
  if (!unit.empty() && unit != "1") inside += (inside.empty() ? "" : " ") + raised_unit(unit);
  return std::string(name) + " [" + (inside.empty() ? "\u2013" : inside) + "]";
}

std::string short_number(double value, int digits) {
  if (std::isnan(value)) return "not a number";
  if (std::isinf(value)) return value > 0 ? "\u221e" : minus_sign + "\u221e";
  if (value == 0) return "0";
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%.*e", digits - 1, value);
  const std::string text = buffer;
  const std::size_t e = text.find('e');
  const int exponent = std::stoi(text.substr(e + 1));
  std::string mantissa = text.substr(0, e);
  if (exponent >= -3 && exponent < std::max(5, digits)) {
    std::snprintf(buffer, sizeof buffer, "%.*f", std::max(0, digits - 1 - exponent), value);
    mantissa = buffer;
  }
  if (mantissa.find('.') != std::string::npos) mantissa.erase(mantissa.find_last_not_of('0') + 1);
  if (mantissa.back() == '.') mantissa.pop_back();
  if (mantissa[0] == '-') mantissa.replace(0, 1, minus_sign);
  return exponent >= -3 && exponent < std::max(5, digits) ? mantissa : mantissa + "\u00d7" + power_of_ten(exponent);
}

std::string number_in_range(double value, double width) {
  const bool plain = std::abs(value) >= 1e-3 && std::abs(value) < 1e5;
  if (!plain || !(width > 0)) return short_number(value);
  const int decimals = 3 - int(std::floor(std::log10(width)));
  return fixed(value, std::clamp(decimals, 0, 12));
}

}  // namespace nusselt
