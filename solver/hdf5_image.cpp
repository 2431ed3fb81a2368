#include "solver/hdf5_image.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <hdf5.h>
#include <hdf5_hl.h>

#include <algorithm>
#include <atomic>

namespace nusselt {

static_assert(sizeof(hid_t) == sizeof(std::int64_t));

namespace {

constexpr std::size_t chunk_bytes = std::size_t{1} << 20;
constexpr std::size_t memory_step = std::size_t{1} << 20;  // by which the image grows
constexpr unsigned deflate_level = 4;
// Stored inside the object header, which has a checksum; the format's limit for that is 64 KiB.
constexpr std::size_t compact_text = 60000;

/// Keeps the library from printing its errors while we turn them into text.
class QuietErrors {
 public:
  QuietErrors() {
    H5Eget_auto2(H5E_DEFAULT, &function_, &data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
  ~QuietErrors() { H5Eset_auto2(H5E_DEFAULT, function_, data_); }
  QuietErrors(const QuietErrors&) = delete;
  QuietErrors& operator=(const QuietErrors&) = delete;

 private:
  H5E_auto2_t function_ = nullptr;
  void* data_ = nullptr;
};

herr_t append_reason(unsigned, const H5E_error2_t* entry, void* text) noexcept {
  auto& reasons = *static_cast<std::string*>(text);
  if (entry->desc != nullptr && *entry->desc != '\0')
    reasons += (reasons.empty() ? "" : "; ") + std::string(entry->desc);
  return 0;
}

[[noreturn]] void fail(const std::string& what) {
  std::string reasons;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, &append_reason, &reasons);
  throw Hdf5Error(fmt::format("HDF5: cannot {}{}{}", what, reasons.empty() ? "" : ": ", reasons));
}

template <typename Result>
Result check(Result result, const std::string& what) {
  if (result < 0) fail(what);
  return result;
}

/// A handle of the library with the function that closes it. Closing is checked where it can lose data.
class Handle {
 public:
  Handle(hid_t id, herr_t (*close)(hid_t), const std::string& what) : id_(check(id, what)), close_(close) {}
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  operator hid_t() const { return id_; }
  void close(const std::string& what) { check(close_(std::exchange(id_, -1)), what); }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

Handle text_type(std::size_t size, const std::string& what) {
  Handle type(H5Tcopy(H5T_C_S1), &H5Tclose, what);
  check(H5Tset_size(type, size), what);
  check(H5Tset_cset(type, H5T_CSET_UTF8), what);
  if (size != H5T_VARIABLE) check(H5Tset_strpad(type, H5T_STR_NULLPAD), what);
  return type;
}

void require_no_nul(const std::string& text, const std::string& what) {
  if (text.find('\0') != std::string::npos) throw Hdf5Error(fmt::format("HDF5: cannot {}: it contains a NUL", what));
}

void write_attribute(hid_t object, const std::string& path, const std::string& name, const Hdf5Attribute& value) {
  const std::string what = fmt::format("write the attribute '{}' of {}", name, path);
  const Handle space(H5Screate(H5S_SCALAR), &H5Sclose, what);
  const auto write = [&](hid_t type, const void* data) {
    Handle attribute(H5Acreate2(object, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), &H5Aclose, what);
    check(H5Awrite(attribute, type, data), what);
    attribute.close(what);
  };
  if (const auto* text = std::get_if<std::string>(&value)) {
    require_no_nul(*text, what);
    // Variable length: h5py hands such an attribute out as str, one of fixed length as bytes.
    const char* characters = text->c_str();
    write(text_type(H5T_VARIABLE, what), &characters);
  } else if (const auto* number = std::get_if<double>(&value)) {
    write(H5T_NATIVE_DOUBLE, number);
  } else {
    write(H5T_NATIVE_INT64, &std::get<std::int64_t>(value));
  }
}

Handle making_groups(const std::string& what) {
  Handle list(H5Pcreate(H5P_LINK_CREATE), &H5Pclose, what);
  check(H5Pset_create_intermediate_group(list, 1), what);
  check(H5Pset_char_encoding(list, H5T_CSET_UTF8), what);
  return list;
}

/// The whole array as one chunk where it is small; else halved, slowest axis first, until a chunk fits a cache.
std::vector<hsize_t> chunk_of(std::vector<hsize_t> extents, std::size_t value_size) {
  const auto size = [&] {
    hsize_t product = value_size;
    for (const hsize_t extent : extents) product *= extent;
    return product;
  };
  for (hsize_t& extent : extents) {
    while (extent > 1 && size() > chunk_bytes) extent = (extent + 1) / 2;
  }
  return extents;
}

Handle checksummed_and_deflated(const std::vector<hsize_t>& extents, std::size_t value_size, const std::string& what) {
  Handle list(H5Pcreate(H5P_DATASET_CREATE), &H5Pclose, what);
  const std::vector<hsize_t> chunk = chunk_of(extents, value_size);
  check(H5Pset_chunk(list, static_cast<int>(chunk.size()), chunk.data()), what);
  check(H5Pset_shuffle(list), what);
  check(H5Pset_deflate(list, deflate_level), what);
  // Last in the chain: the checksum is that of the bytes as they are stored.
  check(H5Pset_fletcher32(list), what);
  return list;
}

/// Whether `path` leads to an object. H5Lexists wants every step of the way to exist.
bool exists(hid_t file, const std::string& path, const std::string& what) {
  for (std::size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    if (check(H5Lexists(file, path.substr(0, slash).c_str(), H5P_DEFAULT), what) == 0) return false;
  }
  return path == "/" || check(H5Lexists(file, path.c_str(), H5P_DEFAULT), what) > 0;
}

void require_absolute(const std::string& path) {
  if (path.empty() || path.front() != '/') {
    throw Hdf5Error(fmt::format("HDF5: the path '{}' does not begin with '/'", path));
  }
}

}  // namespace

Hdf5Image::Hdf5Image() : file_(-1) {
  const QuietErrors quiet;
  const std::string what = "make a file in memory";
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), &H5Pclose, what);
  check(H5Pset_fapl_core(access, memory_step, false), what);
  // The earliest superblock and root group, with objects of the latest format below: H5Fget_file_image clears a mark
  // in a newer superblock and leaves its checksum as it was, so that nothing can open the file (HDFGroup/hdf5 issue
  // 1915, not fixed in Debian's library). Damage there leads to no object, since all others carry checksums.
  check(H5Pset_libver_bounds(access, H5F_LIBVER_EARLIEST, H5F_LIBVER_LATEST), what);
  // The library compares names of open files, also of those in memory.
  static std::atomic<unsigned> number{0};
  file_ = check(H5Fcreate(fmt::format("image-{}", number++).c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access), what);
  check(H5Fset_libver_bounds(file_, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST), what);
}

Hdf5Image::~Hdf5Image() {
  const QuietErrors quiet;
  H5Fclose(file_);
}

void Hdf5Image::array(const std::string& path, const std::vector<std::int64_t>& shape, std::int64_t type,
                      const void* values, std::size_t count, std::size_t value_size, const Hdf5Attributes& attributes) {
  const QuietErrors quiet;
  const std::string what = "write the array " + path;
  require_absolute(path);
  std::vector<hsize_t> extents;
  std::uint64_t product = 1;
  bool possible = !shape.empty();
  for (const std::int64_t extent : shape) {
    extents.push_back(static_cast<hsize_t>(extent));
    possible = possible && extent >= 0 && !__builtin_mul_overflow(product, extents.back(), &product);
  }
  if (!possible || product != count) {
    throw Hdf5Error(
        fmt::format("HDF5: cannot {}: {} values do not fill the shape [{}]", what, count, fmt::join(shape, ", ")));
  }
  const Handle space(H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr), &H5Sclose, what);
  const Handle groups = making_groups(what);
  // Chunks may not be empty; an empty array has nothing to protect.
  const Handle layout = count == 0 ? Handle(H5Pcreate(H5P_DATASET_CREATE), &H5Pclose, what)
                                   : checksummed_and_deflated(extents, value_size, what);
  Handle dataset(H5Dcreate2(file_, path.c_str(), type, space, groups, layout, H5P_DEFAULT), &H5Dclose, what);
  if (count != 0) check(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), what);
  for (const auto& [name, value] : attributes) write_attribute(dataset, path, name, value);
  dataset.close(what);
}

void Hdf5Image::dataset(const std::string& path, const std::vector<std::int64_t>& shape, std::span<const double> values,
                        const Hdf5Attributes& attributes) {
  array(path, shape, H5T_NATIVE_DOUBLE, values.data(), values.size(), sizeof(double), attributes);
}

void Hdf5Image::dataset(const std::string& path, const std::vector<std::int64_t>& shape,
                        std::span<const std::int64_t> values, const Hdf5Attributes& attributes) {
  array(path, shape, H5T_NATIVE_INT64, values.data(), values.size(), sizeof(std::int64_t), attributes);
}

void Hdf5Image::text(const std::string& path, const std::string& text) {
  const QuietErrors quiet;
  const std::string what = "write the text " + path;
  require_absolute(path);
  require_no_nul(text, what);
  const Handle type = text_type(std::max<std::size_t>(text.size(), 1), what);
  const Handle space(H5Screate(H5S_SCALAR), &H5Sclose, what);
  const Handle groups = making_groups(what);
  const Handle layout(H5Pcreate(H5P_DATASET_CREATE), &H5Pclose, what);
  if (text.size() <= compact_text) check(H5Pset_layout(layout, H5D_COMPACT), what);
  Handle dataset(H5Dcreate2(file_, path.c_str(), type, space, groups, layout, H5P_DEFAULT), &H5Dclose, what);
  check(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text.c_str()), what);
  dataset.close(what);
}

void Hdf5Image::attribute(const std::string& path, const std::string& name, const Hdf5Attribute& value) {
  const QuietErrors quiet;
  require_absolute(path);
  const std::string what = "open " + path;
  const Handle object =
      exists(file_, path, what)
          ? Handle(H5Oopen(file_, path.c_str(), H5P_DEFAULT), &H5Oclose, what)
          : Handle(H5Gcreate2(file_, path.c_str(), making_groups(what), H5P_DEFAULT, H5P_DEFAULT), &H5Gclose, what);
  write_attribute(object, path, name, value);
}

void Hdf5Image::dimension_scale(const std::string& path, unsigned axis, const std::string& scale) {
  const QuietErrors quiet;
  const std::string what = fmt::format("make {} the coordinate of axis {} of {}", scale, axis, path);
  const Handle dataset(H5Dopen2(file_, path.c_str(), H5P_DEFAULT), &H5Dclose, what);
  const Handle coordinate(H5Dopen2(file_, scale.c_str(), H5P_DEFAULT), &H5Dclose, what);
  const std::string name = scale.substr(scale.rfind('/') + 1);
  if (check(H5DSis_scale(coordinate), what) == 0) check(H5DSset_scale(coordinate, name.c_str()), what);
  check(H5DSattach_scale(dataset, coordinate, axis), what);
}

std::string Hdf5Image::bytes() const {
  const QuietErrors quiet;
  const std::string what = "hand out the file";
  check(H5Fflush(file_, H5F_SCOPE_GLOBAL), what);
  const ssize_t size = check(H5Fget_file_image(file_, nullptr, 0), what);
  std::string image(static_cast<std::size_t>(size), '\0');
  check(H5Fget_file_image(file_, image.data(), image.size()), what);
  return image;
}

}  // namespace nusselt
