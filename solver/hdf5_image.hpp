// An HDF5 file built in memory; its bytes then go through write_atomically.
//
// HDF5 has no journal and never syncs, so files are not written in place; and on a full disk some of its calls succeed
// although nothing was stored, so it never touches the disk (core driver without backing store). Arrays are chunked,
// deflated, and carry a Fletcher-32 checksum; objects are of the latest format, which adds checksums for the rest
// except text attributes, texts beyond 60,000 bytes, and the root group.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace nusselt {

/// The HDF5 library refused; the message says what was to be done, with which path, and the library's own reasons.
class Hdf5Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

using Hdf5Attribute = std::variant<std::string, double, std::int64_t>;
using Hdf5Attributes = std::vector<std::pair<std::string, Hdf5Attribute>>;

/// Paths are absolute, `/fields/T`; groups on the way are made as needed. Text is UTF-8. Every member throws Hdf5Error.
class Hdf5Image {
 public:
  Hdf5Image();
  ~Hdf5Image();
  Hdf5Image(const Hdf5Image&) = delete;
  Hdf5Image& operator=(const Hdf5Image&) = delete;

  /// A row-major array of rank 1 or more whose shape multiplies to the number of values.
  void dataset(const std::string& path, const std::vector<std::int64_t>& shape, std::span<const double> values,
               const Hdf5Attributes& attributes = {});
  void dataset(const std::string& path, const std::vector<std::int64_t>& shape, std::span<const std::int64_t> values,
               const Hdf5Attributes& attributes = {});

  /// A scalar string of fixed length without NUL. Python: `file["/case/text"][()].decode()`.
  void text(const std::string& path, const std::string& text);

  /// An attribute of an array, a text or a group (which is made if it is missing), "/" for the file itself.
  void attribute(const std::string& path, const std::string& name, const Hdf5Attribute& value);

  /// Marks the one-dimensional array `scale` as the coordinate along `axis` of the array `path` (HDF5 dimension scale,
  /// "HDF5 Dimension Scale Specification"); xarray and h5py label the axis with it.
  void dimension_scale(const std::string& path, unsigned axis, const std::string& scale);

  /// The file so far.
  std::string bytes() const;

 private:
  void array(const std::string& path, const std::vector<std::int64_t>& shape, std::int64_t type, const void* values,
             std::size_t count, std::size_t value_size, const Hdf5Attributes& attributes);

  std::int64_t file_;  // hid_t
};

}  // namespace nusselt
