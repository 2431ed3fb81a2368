// Longer than most files here, because half of it is what to say about each mistake a table can have.
#include "solver/case/csv.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include "nondim/quantity.hpp"
#include "nondim/text_error.hpp"
#include "nondim/did_you_mean.hpp"
#include "solver/case/regular_file.hpp"

namespace nusselt {

namespace {

constexpr const char* separator_hint =
    "cells are separated by commas and numbers have a decimal point: write \"1.5,2.0\", not \"1,5;2,0\"";

Place place_in(const std::string& file, int number, std::string_view line, std::size_t offset) {
  offset = std::min(offset, line.size());
  return place_in_line(file, number, line, offset, count_characters(line.substr(0, offset)));
}

/// A line and its place in the file, for messages.
struct Line {
  const std::string& file;
  int number;
  std::string_view text;

  [[noreturn]] void refuse(std::size_t offset, const std::string& message, const std::string& hint = {}) const {
    throw InputError(place_in(file, number, text, offset), message, hint);
  }
};

/// A piece of a line: its text without blanks around it, and where that begins.
struct Field {
  std::string text;
  std::size_t offset;
};

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Cuts `rest` at its first newline.
std::string_view take_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

/// Splits a header; a column name may stand in double quotes, doubled inside, as ParaView writes it.
std::vector<Field> header_fields(const Line& line) {
  std::vector<Field> fields;
  std::size_t at = 0;
  const std::string_view text = line.text;
  while (true) {
    while (at < text.size() && is_blank(text[at])) ++at;
    Field field{"", at};
    if (at < text.size() && text[at] == '"') {
      ++field.offset;
      for (++at; at < text.size() && (text[at] != '"' || (at + 1 < text.size() && text[at + 1] == '"')); ++at) {
        if (text[at] == '"') ++at;
        field.text += text[at];
      }
      if (at == text.size()) line.refuse(field.offset - 1, "a quoted column name does not end", "close it with \"");
      ++at;
      while (at < text.size() && is_blank(text[at])) ++at;
      if (at < text.size() && text[at] != ',') line.refuse(at, "expected a comma after a quoted column name");
    } else {
      const std::size_t end = std::min(text.find(',', at), text.size());
      field.text = trimmed(text.substr(at, end - at));
      at = end;
    }
    fields.push_back(std::move(field));
    if (at >= text.size()) return fields;
    ++at;
  }
}

struct Number {
  double value = 0;
  std::errc error{};
  bool whole = false;  // the text is a number and nothing else
};

Number parse_number(std::string_view text) {
  if (text.size() > 1 && text.front() == '+' && text[1] != '-' && text[1] != '+') text.remove_prefix(1);
  Number number;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number.value);
  number.error = error;
  number.whole = !text.empty() && error != std::errc::invalid_argument && end == text.data() + text.size();
  return number;
}

double parse_cell(const Line& line, std::string_view cell, const CsvColumn& column) {
  const std::string_view text = trimmed(cell);
  const auto offset = static_cast<std::size_t>((text.empty() ? cell : text).data() - line.text.data());
  const auto refuse = [&](const std::string& problem, const std::string& hint = {}) {
    line.refuse(offset, "column " + quote(column.name) + ": " + problem, hint);
  };
  if (text.empty()) refuse("a cell is empty", "every row needs a number in every column");
  if (text.size() > CsvLimits::field_bytes) {
    refuse("a cell is longer than " + std::to_string(CsvLimits::field_bytes) + " bytes");
  }
  const Number number = parse_number(text);
  if (!number.whole) {
    const bool foreign = text.find_first_of(";\t") != std::string_view::npos;
    refuse(quote(text) + " is not a number", foreign ? separator_hint : "");
  }
  if (number.error == std::errc::result_out_of_range) {
    refuse(quote(text) + " is beyond the range of double precision", "choose a larger or smaller unit");
  }
  if (!std::isfinite(number.value)) {
    refuse(quote(text) + " is not a finite number", "leave out rows without a value");
  }
  return number.value;
}

/// The name and the unit of "T [degC]"; `unit_offset` is where the unit begins in the line.
CsvColumn parse_heading(const Line& line, const Field& field, std::size_t& unit_offset) {
  const std::string_view text = field.text;
  CsvColumn column;
  const std::size_t open = text.find('[');
  unit_offset = field.offset;
  if (open == std::string_view::npos) {
    column.name = text;
  } else {
    if (text.back() != ']' || text.find('[', open + 1) != std::string_view::npos || text.find(']') != text.size() - 1) {
      line.refuse(field.offset, "the column heading " + quote(text) + " has unmatched brackets or text after its unit",
                  "write a heading as: name [unit]");
    }
    column.name = trimmed(text.substr(0, open));
    column.unit = trimmed(text.substr(open + 1, text.size() - open - 2));
    unit_offset = field.offset + text.find_first_not_of(" \t", open + 1);
    if (column.unit.empty()) {
      line.refuse(field.offset, "the column heading " + quote(text) + " has an empty unit",
                  "leave out the brackets for a dimensionless column");
    }
  }
  if (column.name.empty()) line.refuse(field.offset, "a column has no name", "write a heading as: name [unit]");
  return column;
}

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string result = "\"";
  for (const char c : text) result += c == '"' ? "\"\"" : std::string(1, c);
  return result + "\"";
}

std::string harmless(const std::string& text) {
  const bool formula = !text.empty() && std::strchr("=+-@\t\r", text.front()) != nullptr;
  return quoted(formula ? "'" + text : text);
}

void append_number(std::string& bytes, double value) {
  std::array<char, 32> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc()) throw std::logic_error("a double longer than 32 characters");
  bytes.append(digits.data(), end);
}

}  // namespace

CsvTable CsvTable::parse(std::string_view bytes, const std::string& file) {
  CsvTable table;
  table.file_ = file;
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  std::string_view rest = bytes;
  int number = 0;
  const auto next = [&] {
    const std::string_view text = take_line(rest);
    ++number;
    const Line line{file, number, text};
    if (text.size() > CsvLimits::line_bytes) {
      line.refuse(0, "the line has " + std::to_string(text.size()) + " bytes; the limit is " +
                         std::to_string(CsvLimits::line_bytes));
    }
    const std::size_t nul = text.find('\0');
    if (nul != std::string_view::npos) line.refuse(nul, "a NUL byte: this is not a text file");
    return line;
  };
  const char* heading_hint = "the first line names the columns with their units, as in: x [m],y [mm],T [degC]";

  std::string_view header_text;
  while (!rest.empty()) {
    const Line line = next();
    if (line.text.starts_with('#')) continue;
    header_text = line.text;
    break;
  }
  const Line header{file, number, header_text};
  if (trimmed(header_text).empty()) {
    throw InputError(place_in(file, std::max(number, 1), header_text, 0), "there is no header", heading_hint);
  }
  const std::size_t bad = valid_utf8_length(header_text);
  if (bad < header_text.size()) header.refuse(bad, "the header is not valid UTF-8");
  const std::size_t foreign = header_text.find_first_of(";\t");
  if (foreign != std::string_view::npos && header_text.find(',') == std::string_view::npos) {
    header.refuse(foreign, "the columns are not separated by commas", separator_hint);
  }
  const std::vector<Field> fields = header_fields(header);
  if (fields.size() > CsvLimits::columns) {
    header.refuse(fields[CsvLimits::columns].offset,
                  std::to_string(fields.size()) + " columns; the limit is " + std::to_string(CsvLimits::columns));
  }
  if (parse_number(fields.front().text).whole) header.refuse(0, "a number in place of a column name", heading_hint);
  table.header_number_ = number;
  table.header_ = header_text;
  for (const Field& field : fields) {
    std::size_t unit_offset = 0;
    CsvColumn column = parse_heading(header, field, unit_offset);
    if (table.has(column.name)) header.refuse(field.offset, "two columns are named " + quote(column.name));
    table.columns_.push_back(std::move(column));
    table.unit_offsets_.push_back(unit_offset);
  }

  while (!rest.empty()) {
    const Line line = next();
    if (trimmed(line.text).empty()) {
      if (rest.find_first_not_of(" \t\r\n") == std::string_view::npos) break;
      line.refuse(0, "an empty line between rows");
    }
    std::size_t at = 0;
    std::size_t cell = 0;
    while (true) {
      const std::size_t end = std::min(line.text.find(',', at), line.text.size());
      if (cell == fields.size()) {
        line.refuse(at, "more cells than the " + std::to_string(fields.size()) + " columns of the header",
                    separator_hint);
      }
      CsvColumn& column = table.columns_[cell];
      column.values.push_back(parse_cell(line, line.text.substr(at, end - at), column));
      ++cell;
      if (end == line.text.size()) break;
      at = end + 1;
    }
    if (cell < fields.size()) {
      line.refuse(line.text.size(), "the row has " + std::to_string(cell) + (cell == 1 ? " cell" : " cells") +
                                        ", the header " + std::to_string(fields.size()) + " columns");
    }
  }
  if (table.rows() == 0) header.refuse(0, "there are no rows after the header");
  return table;
}

CsvTable CsvTable::read(const std::filesystem::path& path) {
  std::string bytes;
  try {
    const RegularFile file(path, CsvLimits::file_bytes);
    bytes = file.first(file.size());
  } catch (const RegularFileError& error) {
    Place whole;
    whole.file = path.string();
    throw InputError(whole, error.what());
  }
  return parse(bytes, path.string());
}

bool CsvTable::has(std::string_view name) const {
  return std::any_of(columns_.begin(), columns_.end(), [&](const CsvColumn& column) { return column.name == name; });
}

std::size_t CsvTable::index_of(std::string_view name) const {
  std::vector<std::string> names;
  std::string list;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].name == name) return i;
    names.push_back(columns_[i].name);
    list += (i == 0 ? "" : ", ") + columns_[i].name;
  }
  const std::string near = did_you_mean(name, names);
  throw InputError(place_in(file_, header_number_, header_, 0), "there is no column " + quote(name),
                   near.empty() ? "the columns are: " + list : "did you mean " + quote(near) + "?");
}

const CsvColumn& CsvTable::column(std::string_view name) const { return columns_[index_of(name)]; }

std::vector<double> CsvTable::in_si(std::string_view name, const Dimension& wanted) const {
  const std::size_t index = index_of(name);
  const CsvColumn& column = columns_[index];
  const auto refuse = [&](std::size_t offset, const std::string& message, const std::string& hint) {
    throw InputError(place_in(file_, header_number_, header_, unit_offsets_[index] + offset),
                     "column " + quote(name) + ": " + message, hint);
  };
  Unit unit;
  if (!column.unit.empty()) {
    try {
      unit = parse_unit(column.unit);
    } catch (const TextError& error) {
      refuse(error.offset(), error.what(), error.hint());
    }
  }
  if (unit.dimension != wanted) {
    refuse(0,
           "expected " + wanted.describe() + ", got " +
               (column.unit.empty() ? "no unit" : quote(column.unit) + ", which is " + unit.dimension.describe()),
           wanted.is_dimensionless()
               ? "leave out the unit"
               : "write the unit in the heading, as in: " + column.name + " [" + wanted.unit() + "]");
  }
  std::vector<double> values;
  values.reserve(column.values.size());
  for (std::size_t row = 0; row < column.values.size(); ++row) {
    values.push_back(unit.to_si(column.values[row]));
    if (!std::isfinite(values.back())) {
      refuse(0, "row " + std::to_string(row + 1) + " is beyond the range of double precision in SI units", "");
    }
  }
  return values;
}

std::string csv_bytes(const std::vector<CsvColumn>& columns) {
  if (columns.empty()) throw std::invalid_argument("a table needs a column");
  const auto length = [](const CsvColumn& column) { return std::max(column.values.size(), column.texts.size()); };
  std::string bytes;
  for (const CsvColumn& column : columns) {
    if (&column != &columns.front()) bytes += ',';
    if (!column.values.empty() && !column.texts.empty()) {
      throw std::invalid_argument("column '" + column.name + "' has both numbers and texts");
    }
    if (length(column) != length(columns.front())) {
      throw std::invalid_argument("column '" + column.name + "' has " + std::to_string(length(column)) +
                                  " cells, column '" + columns.front().name + "' has " +
                                  std::to_string(length(columns.front())));
    }
    bytes += quoted(column.unit.empty() ? column.name : column.name + " [" + column.unit + "]");
  }
  bytes += '\n';
  for (std::size_t row = 0; row < length(columns.front()); ++row) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (i > 0) bytes += ',';
      if (columns[i].texts.empty()) {
        append_number(bytes, columns[i].values[row]);
      } else {
        bytes += harmless(columns[i].texts[row]);
      }
    }
    bytes += '\n';
  }
  return bytes;
}

}  // namespace nusselt
