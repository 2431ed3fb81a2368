#include "solver/colour_map.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace nusselt {
namespace {

constexpr std::size_t stops = 17;
using Table = std::array<std::uint32_t, stops>;

// The published tables of 256 colours, sampled at 17 even stops.
constexpr Table viridis_table{0x440154, 0x48186a, 0x472d7b, 0x424086, 0x3b528b, 0x33638d, 0x2c728e, 0x26818e, 0x21908c,
                              0x1f9f88, 0x28ae80, 0x3ebc74, 0x5dc963, 0x82d34c, 0xabdc32, 0xd5e21a, 0xfde725};
constexpr Table cividis_table{0x00224e, 0x002e6a, 0x1a386f, 0x32436d, 0x434e6c, 0x52596d, 0x61656f, 0x6f7073, 0x7c7b78,
                              0x8b8778, 0x9b9376, 0xaba072, 0xbbad6c, 0xccba64, 0xddc958, 0xefd748, 0xfee838};
constexpr Table magma_table{0x000004, 0x0a0822, 0x1d1146, 0x36106a, 0x50127c, 0x691c81, 0x822681, 0x9c2e7f, 0xb63779,
                            0xcf4170, 0xe65163, 0xf5695c, 0xfb8761, 0xfea571, 0xfec387, 0xfde0a2, 0xfcfdbf};

double channel(std::uint32_t colour, int shift) { return double((colour >> shift) & 0xffu); }

std::uint8_t to_byte(double value) { return std::uint8_t(std::lround(std::clamp(value, 0.0, 255.0))); }

Colour interpolate(const Table& table, double position) {
  const double stop = position * double(stops - 1);
  const auto below = std::min<std::size_t>(std::size_t(stop), stops - 2);
  const double weight = stop - double(below);
  const auto mix = [&](int shift) {
    return to_byte((1 - weight) * channel(table[below], shift) + weight * channel(table[below + 1], shift));
  };
  return {mix(16), mix(8), mix(0)};
}

double encode(double linear) {
  linear = std::clamp(linear, 0.0, 1.0);
  return 255 * (linear <= 0.0031308 ? 12.92 * linear : 1.055 * std::pow(linear, 1 / 2.4) - 0.055);
}

double decode(std::uint8_t byte) {
  const double value = byte / 255.0;
  return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

// B. Ottosson, "A perceptual color space for image processing" (2020), https://bottosson.github.io/posts/oklab/.
Colour from_oklab(double light, double a, double b) {
  const double l = std::pow(light + 0.3963377774 * a + 0.2158037573 * b, 3);
  const double m = std::pow(light - 0.1055613458 * a - 0.0638541728 * b, 3);
  const double s = std::pow(light - 0.0894841775 * a - 1.2914855480 * b, 3);
  return {to_byte(encode(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s)),
          to_byte(encode(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s)),
          to_byte(encode(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s))};
}

Colour diverging(double position) {
  constexpr double degree = 3.14159265358979323846 / 180;
  const double distance = std::abs(2 * position - 1);
  const double hue = (position < 0.5 ? 255 : 27) * degree;
  // Chroma rises a little faster than lightness falls: a faint sign is still seen near the middle.
  const double chroma = (position < 0.5 ? 0.14 : 0.17) * std::pow(distance, 0.8);
  return from_oklab(0.975 - 0.515 * distance, chroma * std::cos(hue), chroma * std::sin(hue));
}

}  // namespace

Colour colour_at(ColourMap map, double position) {
  if (std::isnan(position)) return missing_colour;
  position = std::clamp(position, 0.0, 1.0);
  switch (map) {
    case ColourMap::viridis:
      return interpolate(viridis_table, position);
    case ColourMap::cividis:
      return interpolate(cividis_table, position);
    case ColourMap::magma:
      return interpolate(magma_table, position);
    case ColourMap::blue_white_red:
      return diverging(position);
  }
  return missing_colour;
}

double lightness(Colour colour) {
  const double luminance = 0.2126 * decode(colour.red) + 0.7152 * decode(colour.green) + 0.0722 * decode(colour.blue);
  return luminance > 0.008856 ? 116 * std::cbrt(luminance) - 16 : 903.3 * luminance;
}

}  // namespace nusselt
