// Checkpoints and weights: named arrays in the safetensors layout, with a SHA-256 over the whole file.
//
// Layout (github.com/huggingface/safetensors, README, "Format"): eight bytes header length, little-endian; JSON header,
// padded with spaces to eight bytes; raw little-endian buffer without holes. Python reads these files with its package
// `safetensors`. The checksum is an addition of ours, `__metadata__.sha256`: the digest of the file with sixty-four
// zeros in the place of the digest, so that a change of any byte is noticed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace nusselt {

/// A checkpoint that is damaged, foreign, or cannot be stored. The message begins with the file's name, where there is
/// one, and says what is wrong.
class CheckpointError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class TensorType { f64, f32, i64, u8 };

std::string to_string(TensorType type);  // "F64", as in the file
std::size_t byte_size(TensorType type);

template <typename T>
constexpr TensorType tensor_type_of() {
  static_assert(std::is_same_v<T, double> || std::is_same_v<T, float> || std::is_same_v<T, std::int64_t> ||
                std::is_same_v<T, std::uint8_t>);
  if constexpr (std::is_same_v<T, double>) return TensorType::f64;
  if constexpr (std::is_same_v<T, float>) return TensorType::f32;
  if constexpr (std::is_same_v<T, std::int64_t>) return TensorType::i64;
  return TensorType::u8;
}

/// A named array, row-major; shape {} is a scalar.
struct TensorData {
  std::string name;
  TensorType type = TensorType::f64;
  std::vector<std::int64_t> shape;
  std::vector<std::byte> bytes;

  template <typename T>
  static TensorData of(std::string name, std::vector<std::int64_t> shape, std::span<const T> values) {
    const std::span<const std::byte> bytes = std::as_bytes(values);
    return {std::move(name), tensor_type_of<T>(), std::move(shape), {bytes.begin(), bytes.end()}};
  }

  /// The values as T. Throws CheckpointError when the array holds another type.
  template <typename T>
  std::vector<T> values() const {
    require_type(tensor_type_of<T>());
    std::vector<T> result(bytes.size() / sizeof(T));
    if (!result.empty()) std::memcpy(result.data(), bytes.data(), result.size() * sizeof(T));
    return result;
  }

 private:
  void require_type(TensorType wanted) const;
};

struct Safetensors {
  std::vector<TensorData> tensors;
  std::map<std::string, std::string> metadata;  // "sha256" is ours and not among them

  /// Throws CheckpointError, with the names there are, when there is no such array.
  const TensorData& at(std::string_view name) const;
};

struct SafetensorsLimits {
  static constexpr std::uint64_t header_bytes = std::uint64_t{1} << 20;
  static constexpr std::uint64_t file_bytes = std::uint64_t{1} << 34;
  static constexpr std::size_t tensors = 4096;
  static constexpr std::size_t rank = 8;
};

/// The file's bytes, for write_atomically. Wide types come first, so that every array is aligned; otherwise the order
/// is kept. Throws CheckpointError for what the reader would refuse: values that are not finite, a shape that does not
/// match the values, a name twice, text that is not UTF-8, too much of anything.
std::string safetensors_bytes(const Safetensors& content);

/// The reverse; `file_name` is for messages only. Throws CheckpointError for anything but a file written by
/// safetensors_bytes and unchanged since.
Safetensors parse_safetensors(std::string_view bytes, const std::string& file_name);

/// Reads a regular file; throws CheckpointError.
Safetensors read_safetensors(const std::filesystem::path& path);

}  // namespace nusselt
