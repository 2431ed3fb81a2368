// Longer than most files here: what may stand in a header is checked in one place, by the reader and by the writer.
#include "solver/safetensors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "solver/case/regular_file.hpp"
#include "solver/sha256.hpp"

namespace nusselt {

static_assert(std::endian::native == std::endian::little, "the buffer is little-endian and copied as it is");
static_assert(sizeof(double) == 8 && sizeof(float) == 4);

namespace {

using Json = nlohmann::json;

constexpr std::size_t prefix_size = 8;
constexpr std::size_t digest_size = 64;
constexpr const char* metadata_key = "__metadata__";
constexpr std::string_view digest_mark = R"("sha256":")";
constexpr std::array<TensorType, 4> tensor_types = {TensorType::f64, TensorType::f32, TensorType::i64, TensorType::u8};

std::optional<TensorType> tensor_type(std::string_view name) {
  for (const TensorType type : tensor_types) {
    if (to_string(type) == name) return type;
  }
  return std::nullopt;
}

/// Bytes of an array; nothing when a factor is negative or the product does not fit.
std::optional<std::uint64_t> storage(const std::vector<std::int64_t>& shape, TensorType type) {
  std::uint64_t product = byte_size(type);
  for (const std::int64_t extent : shape) {
    if (extent < 0 || __builtin_mul_overflow(product, static_cast<std::uint64_t>(extent), &product))
      return std::nullopt;
  }
  return product;
}

std::string escaped(const std::string& text) { return Json(text).dump(-1, ' ', true, Json::error_handler_t::replace); }

template <typename T>
std::optional<std::size_t> first_not_finite(std::span<const std::byte> bytes) {
  for (std::size_t i = 0; i < bytes.size() / sizeof(T); ++i) {
    T value;
    std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
    if (!std::isfinite(value)) return i;
  }
  return std::nullopt;
}

void require_finite(const std::string& name, TensorType type, std::span<const std::byte> bytes) {
  std::optional<std::size_t> at;
  if (type == TensorType::f64) at = first_not_finite<double>(bytes);
  if (type == TensorType::f32) at = first_not_finite<float>(bytes);
  if (at) throw CheckpointError(fmt::format("value {} of '{}' is not finite", *at, name));
}

/// Names appear in messages, so they must not be able to control a terminal.
void require_name(const std::string& name) {
  const bool printable = std::all_of(name.begin(), name.end(), [](unsigned char c) { return c >= ' ' && c != 0x7f; });
  if (name.empty() || !printable) throw CheckpointError("the name " + escaped(name) + " of an array is not printable");
}

void require_shape(const std::string& name, const std::vector<std::int64_t>& shape, TensorType type,
                   std::uint64_t bytes) {
  if (shape.size() > SafetensorsLimits::rank) {
    throw CheckpointError(
        fmt::format("'{}' has {} dimensions; the limit is {}", name, shape.size(), SafetensorsLimits::rank));
  }
  const std::optional<std::uint64_t> needed = storage(shape, type);
  if (!needed || *needed != bytes) {
    throw CheckpointError(fmt::format("'{}' holds {} bytes, which does not match its shape [{}] of {}", name, bytes,
                                      fmt::join(shape, ", "), to_string(type)));
  }
}

/// The digest of the file with zeros in place of its digest, which begins at `at`.
std::string digest_without_itself(std::string_view file, std::size_t at) {
  const std::string zeros(digest_size, '0');
  return sha256({file.substr(0, at), zeros, file.substr(at + digest_size)});
}

/// The JSON header, with what a general parser lets pass refused: a key twice, and nesting (which our files have not).
Json parse_header(std::string_view text) {
  if (text.empty() || text.front() != '{') throw CheckpointError("its header does not begin with '{'");
  std::vector<std::set<std::string>> keys;
  const auto watch = [&keys](int depth, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (depth > 2 && (event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start)) {
      throw CheckpointError("its header is nested more than three deep");
    }
    if (event == Json::parse_event_t::key && !keys.back().insert(parsed.get_ref<const std::string&>()).second) {
      throw CheckpointError("its header has the key " + parsed.dump() + " twice");
    }
    return true;
  };
  try {
    return Json::parse(text.begin(), text.end(), watch);
  } catch (const Json::exception&) {
    throw CheckpointError("its header is not valid JSON");
  }
}

std::int64_t whole_number(const Json& value, const std::string& name, const char* what) {
  if (!value.is_number_unsigned() ||
      value.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    throw CheckpointError(fmt::format("{} of '{}' is not a whole number that fits 64 bits", what, name));
  }
  return value.get<std::int64_t>();
}

struct Entry {
  std::string name;
  TensorType type;
  std::vector<std::int64_t> shape;
  std::uint64_t begin;
  std::uint64_t end;
};

Entry parse_entry(const std::string& name, const Json& entry) {
  if (!entry.is_object() || entry.size() != 3 || !entry.contains("dtype") || !entry.contains("shape") ||
      !entry.contains("data_offsets")) {
    throw CheckpointError(fmt::format("'{}' is not described by dtype, shape and data_offsets", name));
  }
  const Json& dtype = entry["dtype"];
  const std::optional<TensorType> type = dtype.is_string() ? tensor_type(dtype.get<std::string>()) : std::nullopt;
  if (!type) {
    throw CheckpointError(
        fmt::format("'{}' has the unknown dtype {}; known are F64, F32, I64, U8", name, dtype.dump(-1, ' ', true)));
  }
  const Json& shape = entry["shape"];
  const Json& offsets = entry["data_offsets"];
  if (!shape.is_array() || !offsets.is_array() || offsets.size() != 2) {
    throw CheckpointError(fmt::format("shape or data_offsets of '{}' is not a list as it should be", name));
  }
  Entry result{name, *type, {}, 0, 0};
  for (const Json& extent : shape) result.shape.push_back(whole_number(extent, name, "an extent"));
  result.begin = static_cast<std::uint64_t>(whole_number(offsets[0], name, "the begin offset"));
  result.end = static_cast<std::uint64_t>(whole_number(offsets[1], name, "the end offset"));
  if (result.end < result.begin) throw CheckpointError(fmt::format("'{}' ends before it begins", name));
  require_shape(name, result.shape, result.type, result.end - result.begin);
  return result;
}

std::vector<Entry> parse_entries(const Json& header, std::uint64_t data_size) {
  if (header.size() > SafetensorsLimits::tensors + 1) {
    throw CheckpointError(
        fmt::format("it has {} arrays; the limit is {}", header.size() - 1, SafetensorsLimits::tensors));
  }
  std::vector<Entry> entries;
  for (const auto& [name, entry] : header.items()) {
    if (name == metadata_key) continue;
    require_name(name);
    entries.push_back(parse_entry(name, entry));
  }
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return std::pair(a.begin, a.end) < std::pair(b.begin, b.end); });
  std::uint64_t end = 0;
  for (const Entry& entry : entries) {
    if (entry.begin != end) {
      throw CheckpointError(fmt::format("'{}' begins at byte {} of the data where {} was expected: {}", entry.name,
                                        entry.begin, end, entry.begin > end ? "a hole" : "an overlap"));
    }
    end = entry.end;
  }
  if (end != data_size) {
    throw CheckpointError(fmt::format("its arrays end at byte {}, but there are {} bytes of data", end, data_size));
  }
  return entries;
}

/// The metadata, in which the digest must be the one that was found in the text.
std::map<std::string, std::string> parse_metadata(const Json& header, std::string_view digest) {
  const auto found = header.find(metadata_key);
  std::map<std::string, std::string> metadata;
  if (found == header.end() || !found->is_object()) throw CheckpointError("it has no metadata");
  for (const auto& [key, value] : found->items()) {
    if (!value.is_string()) throw CheckpointError(fmt::format("its metadata {} is not text", escaped(key)));
    metadata[key] = value.get<std::string>();
  }
  const auto stored = metadata.find("sha256");
  if (stored == metadata.end() || stored->second != digest)
    throw CheckpointError("its checksum is not in its metadata");
  metadata.erase(stored);
  return metadata;
}

/// Begin of the data, once the length in front of the header is known to be possible.
std::size_t header_end(std::string_view start, std::uint64_t file_size) {
  if (start.starts_with("PK\x03\x04") || start.starts_with("PK\x05\x06")) {
    throw CheckpointError(
        "this is a zip archive, as TorchScript and torch.save write it. Such files are not read, because loading them "
        "can run code that they carry. Give a .safetensors file written by this program");
  }
  if (start.size() < prefix_size) throw CheckpointError("it is too short to be a checkpoint");
  std::uint64_t length = 0;
  std::memcpy(&length, start.data(), prefix_size);
  if (length > SafetensorsLimits::header_bytes) {
    throw CheckpointError(
        fmt::format("it claims a header of {} bytes; the limit is {}, so this is no checkpoint of "
                    "this program, or a damaged one",
                    length, SafetensorsLimits::header_bytes));
  }
  if (length > file_size - prefix_size) throw CheckpointError("it ends inside its header: it was cut off");
  return prefix_size + static_cast<std::size_t>(length);
}

Safetensors parse(std::string_view bytes) {
  const std::size_t data_begin = header_end(bytes.substr(0, prefix_size), bytes.size());
  const std::string_view text = bytes.substr(prefix_size, data_begin - prefix_size);
  const std::string_view data = bytes.substr(data_begin);
  const std::size_t digest_at = text.find(digest_mark) + digest_mark.size();
  if (text.find(digest_mark) == std::string_view::npos || text.size() - digest_at < digest_size) {
    throw CheckpointError("it has no checksum, so it was not written by this program, or its beginning is damaged");
  }
  const std::string_view digest = text.substr(digest_at, digest_size);
  if (digest_without_itself(bytes, prefix_size + digest_at) != digest) {
    throw CheckpointError("its checksum does not match its content: it was damaged, cut off or changed");
  }
  const Json header = parse_header(text);
  Safetensors result;
  result.metadata = parse_metadata(header, digest);
  for (Entry& entry : parse_entries(header, data.size())) {
    const std::span<const std::byte> stored =
        std::as_bytes(std::span(data.substr(entry.begin, entry.end - entry.begin)));
    require_finite(entry.name, entry.type, stored);
    result.tensors.push_back(
        {std::move(entry.name), entry.type, std::move(entry.shape), {stored.begin(), stored.end()}});
  }
  return result;
}

}  // namespace

std::string to_string(TensorType type) {
  switch (type) {
    case TensorType::f64:
      return "F64";
    case TensorType::f32:
      return "F32";
    case TensorType::i64:
      return "I64";
    case TensorType::u8:
      return "U8";
  }
  throw std::logic_error("a TensorType outside its list");
}

std::size_t byte_size(TensorType type) { return type == TensorType::u8 ? 1 : type == TensorType::f32 ? 4 : 8; }

void TensorData::require_type(TensorType wanted) const {
  if (type != wanted) {
    throw CheckpointError(fmt::format("'{}' is stored as {}, expected {}", name, to_string(type), to_string(wanted)));
  }
}

const TensorData& Safetensors::at(std::string_view name) const {
  std::vector<std::string_view> names;
  for (const TensorData& tensor : tensors) {
    if (tensor.name == name) return tensor;
    names.push_back(tensor.name);
  }
  throw CheckpointError(fmt::format("there is no array '{}'; there are: {}", name, fmt::join(names, ", ")));
}

std::string safetensors_bytes(const Safetensors& content) {
  if (content.tensors.size() > SafetensorsLimits::tensors) {
    throw CheckpointError(
        fmt::format("{} arrays are too many; the limit is {}", content.tensors.size(), SafetensorsLimits::tensors));
  }
  std::vector<const TensorData*> order;
  for (const TensorData& tensor : content.tensors) order.push_back(&tensor);
  std::stable_sort(order.begin(), order.end(),
                   [](const TensorData* a, const TensorData* b) { return byte_size(a->type) > byte_size(b->type); });
  Json header = Json::object();
  std::uint64_t end = 0;
  for (const TensorData* tensor : order) {
    require_name(tensor->name);
    if (tensor->name == metadata_key || header.contains(tensor->name)) {
      throw CheckpointError(fmt::format("the name '{}' is taken", tensor->name));
    }
    require_shape(tensor->name, tensor->shape, tensor->type, tensor->bytes.size());
    require_finite(tensor->name, tensor->type, tensor->bytes);
    header[tensor->name] = {{"dtype", to_string(tensor->type)},
                            {"shape", Json(tensor->shape)},
                            {"data_offsets", {end, end + tensor->bytes.size()}}};
    end += tensor->bytes.size();
  }
  Json& metadata = header[metadata_key] = Json::object();
  for (const auto& [key, value] : content.metadata) metadata[key] = value;
  if (metadata.contains("sha256")) throw CheckpointError("the metadata name 'sha256' is taken");
  metadata["sha256"] = std::string(digest_size, '0');
  std::string text;
  try {
    text = header.dump();
  } catch (const Json::type_error&) {
    throw CheckpointError("a name or a metadata text is not valid UTF-8");
  }
  text.resize((text.size() + 7) / 8 * 8, ' ');
  if (text.size() > SafetensorsLimits::header_bytes || end > SafetensorsLimits::file_bytes - 2 * text.size()) {
    throw CheckpointError(fmt::format("too much to store: {} bytes of description, {} of data", text.size(), end));
  }
  const std::uint64_t length = text.size();
  std::string file(prefix_size, '\0');
  std::memcpy(file.data(), &length, prefix_size);
  file.reserve(prefix_size + text.size() + end);
  file += text;
  for (const TensorData* tensor : order) {
    file.append(reinterpret_cast<const char*>(tensor->bytes.data()), tensor->bytes.size());
  }
  const std::size_t at = file.find(digest_mark) + digest_mark.size();
  file.replace(at, digest_size, sha256(file));
  return file;
}

Safetensors parse_safetensors(std::string_view bytes, const std::string& file_name) {
  try {
    return parse(bytes);
  } catch (const CheckpointError& error) {
    throw CheckpointError(file_name + ": " + error.what());
  }
}

Safetensors read_safetensors(const std::filesystem::path& path) {
  std::string bytes;
  try {
    const RegularFile file(path, SafetensorsLimits::file_bytes);
    // What is no checkpoint is refused by its first bytes, before its size is allocated.
    header_end(file.first(std::min<std::uint64_t>(file.size(), prefix_size)), file.size());
    bytes = file.first(file.size());
  } catch (const RegularFileError& error) {
    throw CheckpointError(path.string() + ": " + error.what());
  } catch (const CheckpointError& error) {
    throw CheckpointError(path.string() + ": " + error.what());
  }
  return parse_safetensors(bytes, path.string());
}

}  // namespace nusselt
