// Tables with units in the first line: `x [m],y [mm],T [degC]`.
//
// Reading is strict, as for everything that decides a result: every cell is one finite number, every row has every
// column, the separator is a comma, numbers have decimal points whatever the locale. Lines that begin with '#' before
// the header, a byte order mark, CRLF, quoted column names and empty lines at the end are accepted.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "nondim/dimension.hpp"
#include "solver/case/input_error.hpp"

namespace nusselt {

struct CsvColumn {
  std::string name;
  std::string unit;                // as written in brackets; empty when there are none: dimensionless
  std::vector<double> values;      // in that unit
  std::vector<std::string> texts;  // a column of text has these instead of values; only written, never read
};

struct CsvLimits {
  static constexpr std::size_t file_bytes = std::size_t{1} << 28;  // the table is held in memory
  static constexpr std::size_t line_bytes = std::size_t{1} << 20;
  static constexpr std::size_t field_bytes = 4096;
  static constexpr std::size_t columns = 1024;
};

class CsvTable {
 public:
  /// `bytes` is the content of `file`, which is for messages. Throws InputError.
  static CsvTable parse(std::string_view bytes, const std::string& file);
  /// Reads a regular file. Throws InputError.
  static CsvTable read(const std::filesystem::path& path);

  const std::vector<CsvColumn>& columns() const { return columns_; }
  std::size_t rows() const { return columns_.front().values.size(); }
  bool has(std::string_view name) const;
  /// Throws InputError, with a near name or all names, when there is no such column.
  const CsvColumn& column(std::string_view name) const;

  /// The column in SI units; readings in degC or degF are temperature levels and become kelvin. Throws InputError at
  /// the unit in the header when it is not one of `wanted`.
  std::vector<double> in_si(std::string_view name, const Dimension& wanted) const;

 private:
  CsvTable() = default;
  std::size_t index_of(std::string_view name) const;

  std::string file_;
  int header_number_ = 0;
  std::string header_;
  std::vector<std::size_t> unit_offsets_;  // in header_, one per column
  std::vector<CsvColumn> columns_;
};

/// The file's bytes, for write_atomically. Numbers have the fewest digits that read back to the same bits; what
/// is not finite is written as nan, inf, and not read again. A text that
/// a spreadsheet would run as a formula (it begins with = + - @, a tab or a return) gets a ' in front. Throws
/// std::invalid_argument when columns differ in length, a column has both kinds of cells, or there is no column.
std::string csv_bytes(const std::vector<CsvColumn>& columns);

}  // namespace nusselt
