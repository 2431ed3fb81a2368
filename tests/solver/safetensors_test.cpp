#include "solver/safetensors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <random>

#include "solver/sha256.hpp"
#include "solver/write_atomically.hpp"

namespace nusselt {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

template <typename T>
TensorData array(const std::string& name, std::vector<std::int64_t> shape, const std::vector<T>& values) {
  return TensorData::of<T>(name, std::move(shape), values);
}

Safetensors sample() {
  Safetensors content;
  content.tensors = {array<std::uint8_t>("generator", {3}, {0, 128, 255}),
                     array<double>("weights", {2, 3}, {1.5, -0.0, 5e-324, 1e308, 0.1, -7}),
                     array<float>("moments", {1, 1, 3}, {1.25F, -3.5e-38F, 0.1F}),
                     array<std::int64_t>("step", {}, {std::numeric_limits<std::int64_t>::min()}),
                     array<double>("history", {0, 4}, {})};
  content.metadata = {{"case", "a \"sha256\":\"quoted\" text\n\xc3\xbc"}, {"format", "1"}};
  return content;
}

/// A file around any header text, its checksum put in place of the first sixty-four zeros.
std::string file_with(std::string header, const std::string& data) {
  while (header.size() % 8 != 0) header += ' ';
  const std::uint64_t length = header.size();
  std::string file(8, '\0');
  std::memcpy(file.data(), &length, 8);
  file += header + data;
  const std::size_t at = file.find(std::string(64, '0'));
  if (at != std::string::npos) file.replace(at, 64, sha256(file));
  return file;
}

/// A header with a valid checksum and these entries in front of it.
std::string header_with(const std::string& entries) {
  return "{" + entries + R"("__metadata__":{"sha256":")" + std::string(64, '0') + "\"}}";
}

std::string message_of(const std::string& file) {
  try {
    parse_safetensors(file, "x.safetensors");
  } catch (const CheckpointError& error) {
    return error.what();
  }
  return "accepted";
}

std::string refusal_of(const Safetensors& content) {
  try {
    safetensors_bytes(content);
  } catch (const CheckpointError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(SafetensorsTest, ReadsWhatItWroteBitForBit) {
  const Safetensors content = sample();
  const Safetensors read = parse_safetensors(safetensors_bytes(content), "x");
  ASSERT_EQ(read.tensors.size(), content.tensors.size());
  EXPECT_EQ(read.metadata, content.metadata);
  for (const TensorData& tensor : content.tensors) {
    const TensorData& found = read.at(tensor.name);
    EXPECT_EQ(found.type, tensor.type) << tensor.name;
    EXPECT_EQ(found.shape, tensor.shape) << tensor.name;
    EXPECT_EQ(found.bytes, tensor.bytes) << tensor.name;
  }
  EXPECT_EQ(read.at("weights").values<double>()[2], 5e-324);
  EXPECT_TRUE(std::signbit(read.at("weights").values<double>()[1]));
  EXPECT_THAT(read.at("generator").values<std::uint8_t>(), testing::ElementsAre(0, 128, 255));
  EXPECT_THAT(read.at("moments").values<float>(), testing::ElementsAre(1.25F, -3.5e-38F, 0.1F));
  EXPECT_EQ(safetensors_bytes(read), safetensors_bytes(content));
}

TEST(SafetensorsTest, LayoutIsThatOfTheFormat) {
  Safetensors content;
  content.tensors = {array<std::uint8_t>("b", {1}, {7}), array<double>("a", {1}, {2.0})};
  const std::string file = safetensors_bytes(content);
  std::uint64_t length = 0;
  std::memcpy(&length, file.data(), 8);
  EXPECT_EQ(length % 8, 0u);
  ASSERT_EQ(file.size(), 8 + length + 9);
  const std::string header = file.substr(8, length);
  EXPECT_THAT(header, HasSubstr(R"("a":{"data_offsets":[0,8],"dtype":"F64","shape":[1]})"));
  EXPECT_THAT(header, HasSubstr(R"("b":{"data_offsets":[8,9],"dtype":"U8","shape":[1]})"));
  double value = 0;
  std::memcpy(&value, file.data() + 8 + length, 8);
  EXPECT_EQ(value, 2.0);
  EXPECT_EQ(file.back(), '\x07');
}

TEST(SafetensorsTest, AnEmptyFileOfArraysIsPossible) {
  EXPECT_TRUE(parse_safetensors(safetensors_bytes({}), "x").tensors.empty());
}

TEST(SafetensorsTest, NoneOfFourThousandDamagedFilesIsAccepted) {
  const std::string good = safetensors_bytes(sample());
  std::mt19937 random(20240501);
  int damaged = 0;
  while (damaged < 4000) {
    std::string file = good;
    const int changes = 1 + static_cast<int>(random() % 8);
    for (int i = 0; i < changes; ++i) {
      file[random() % file.size()] = static_cast<char>(random() % 256);
    }
    if (file == good) continue;
    ++damaged;
    ASSERT_THROW(parse_safetensors(file, "x"), CheckpointError);
  }
}

TEST(SafetensorsTest, EverySingleBitIsCovered) {
  const std::string good = safetensors_bytes(sample());
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string file = good;
      file[i] = static_cast<char>(file[i] ^ (1 << bit));
      ASSERT_THROW(parse_safetensors(file, "x"), CheckpointError) << "byte " << i << " bit " << bit;
    }
  }
}

TEST(SafetensorsTest, AFileCutOffAnywhereOrContinuedIsRefused) {
  const std::string good = safetensors_bytes(sample());
  for (std::size_t part = 0; part < 64; ++part) {
    EXPECT_THROW(parse_safetensors(good.substr(0, good.size() * part / 64), "x"), CheckpointError) << part;
  }
  EXPECT_THAT(message_of(good.substr(0, good.size() - 1)),
              AllOf(HasSubstr("x.safetensors: "), HasSubstr("its checksum does not match its content")));
  EXPECT_THAT(message_of(good.substr(0, 40)), HasSubstr("it was cut off"));
  EXPECT_THAT(message_of(good.substr(0, 5)), HasSubstr("too short"));
  EXPECT_THAT(message_of(good + "x"), HasSubstr("checksum does not match"));
}

TEST(SafetensorsTest, ZipArchivesAreRefusedWithTheReason) {
  EXPECT_THAT(message_of(std::string("PK\x03\x04") + std::string(100, 'x')),
              AllOf(HasSubstr("TorchScript"), HasSubstr("torch.save"), HasSubstr("loading them can run code")));
}

TEST(SafetensorsTest, HostileHeadersAreRefusedWithTheReason) {
  const std::string eight(8, 'd');
  const auto refuse = [&](const std::string& entries, const std::string& reason) {
    EXPECT_THAT(message_of(file_with(header_with(entries), eight)), HasSubstr(reason)) << entries;
  };
  const std::string good = R"("a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},)";
  EXPECT_EQ(message_of(file_with(header_with(good), eight)), "accepted");

  refuse(R"("a":{"dtype":"U8","shape":[4294967296,4294967296,8],"data_offsets":[0,8]},)", "does not match its shape");
  refuse(R"("a":{"dtype":"F64","shape":[2305843009213693953],"data_offsets":[0,8]},)", "does not match its shape");
  refuse(R"("a":{"dtype":"U8","shape":[18446744073709551615],"data_offsets":[0,8]},)", "not a whole number");
  refuse(R"("a":{"dtype":"U8","shape":[99999999999999999999],"data_offsets":[0,8]},)", "not a whole number");
  refuse(R"("a":{"dtype":"U8","shape":[-8],"data_offsets":[0,8]},)", "not a whole number");
  refuse(R"("a":{"dtype":"U8","shape":[8.0],"data_offsets":[0,8]},)", "not a whole number");
  refuse(R"("a":{"dtype":"U8","shape":[7],"data_offsets":[0,8]},)", "'a' holds 8 bytes");
  refuse(R"("a":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,8],"data_offsets":[0,8]},)", "9 dimensions; the limit is 8");
  refuse(R"("a":{"dtype":"U8","shape":8,"data_offsets":[0,8]},)", "is not a list");
  refuse(R"("a":{"dtype":"U8","shape":[8],"data_offsets":[0,8,8]},)", "is not a list");
  refuse(R"("a":{"dtype":"U8","shape":[8],"data_offsets":[8,0]},)", "ends before it begins");
  refuse(R"("a":{"dtype":"U8","shape":[7],"data_offsets":[1,8]},)",
         "begins at byte 1 of the data where 0 was expected");
  refuse(R"("a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]},)",
         "a hole");
  refuse(R"("a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]},"b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]},)",
         "an overlap");
  refuse(R"("a":{"dtype":"U8","shape":[7],"data_offsets":[0,7]},)", "end at byte 7, but there are 8 bytes of data");
  refuse(R"("a":{"dtype":"U8","shape":[9],"data_offsets":[0,9]},)", "end at byte 9, but there are 8 bytes of data");
  refuse(R"("a":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]},)", "unknown dtype \"BF16\"; known are F64");
  refuse(R"("a":{"dtype":64,"shape":[4],"data_offsets":[0,8]},)", "unknown dtype 64");
  refuse(R"("a":{"dtype":"U8","shape":[8]},)", "not described by dtype, shape and data_offsets");
  refuse(R"("a":{"dtype":"U8","shape":[8],"data_offsets":[0,8],"more":1},)", "not described by");
  refuse(R"("a":[],)", "not described by");
  refuse(good + good, "the key \"a\" twice");
  refuse(R"("a":{"dtype":"U8","dtype":"U8","shape":[8],"data_offsets":[0,8]},)", "the key \"dtype\" twice");
  refuse(R"("a":{"dtype":"U8","shape":[[8]],"data_offsets":[0,8]},)", "nested more than three deep");
  refuse("\"a\":" + std::string(100000, '['), "nested more than three deep");
  refuse(R"("\u001b[2J":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},)",
         R"("\u001b[2J" of an array is not printable)");
  refuse("\"a\":,", "not valid JSON");
  refuse("\"\xff\":1,", "not valid JSON");

  const std::string zeros(64, '0');
  const auto refuse_header = [&](const std::string& header, const std::string& reason) {
    EXPECT_THAT(message_of(file_with(header, eight)), HasSubstr(reason)) << header;
  };
  refuse_header(R"({"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}})", "no checksum");
  refuse_header(R"({"__metadata__":{"sha256":"00"}})", "no checksum");
  refuse_header(R"({"__metadata__":{"sha256":")" + std::string(64, 'f') + "\"}}", "checksum does not match");
  refuse_header(R"({"__metadata__":[],"x":{"sha256":")" + zeros + "\"}}", "no metadata");
  refuse_header(R"({"__metadata__":{},"x":{"sha256":")" + zeros + "\"}}", "checksum is not in its metadata");
  refuse_header(R"({"__metadata__":{"n":1,"sha256":")" + zeros + "\"}}", "metadata \"n\" is not text");
  refuse_header(" " + header_with(good), "does not begin with '{'");

  std::string huge = file_with(header_with(good), eight);
  const std::uint64_t length = std::numeric_limits<std::uint64_t>::max();
  std::memcpy(huge.data(), &length, 8);
  EXPECT_THAT(message_of(huge), HasSubstr("claims a header of 18446744073709551615 bytes; the limit is 1048576"));

  std::string many;
  for (int i = 0; i < 4097; ++i) {
    many += "\"" + std::to_string(i) + R"(":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},)";
  }
  EXPECT_THAT(message_of(file_with(header_with(many), "")), HasSubstr("4097 arrays; the limit is 4096"));
}

TEST(SafetensorsTest, ValuesThatAreNotFiniteAreNeitherReadNorWritten) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Safetensors content;
  content.tensors = {array<double>("w", {2}, {1.0, nan})};
  EXPECT_EQ(refusal_of(content), "value 1 of 'w' is not finite");
  content.tensors = {array<float>("w", {1}, {std::numeric_limits<float>::infinity()})};
  EXPECT_EQ(refusal_of(content), "value 0 of 'w' is not finite");
  std::string data(8, '\0');
  std::memcpy(data.data(), &nan, 8);
  EXPECT_THAT(message_of(file_with(header_with(R"("w":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},)"), data)),
              HasSubstr("value 0 of 'w' is not finite"));
}

TEST(SafetensorsTest, TheWriterRefusesWhatTheReaderWould) {
  const TensorData one = array<double>("w", {1}, {1.0});
  const auto refusal = [](std::vector<TensorData> tensors, std::map<std::string, std::string> metadata) {
    return refusal_of({std::move(tensors), std::move(metadata)});
  };
  EXPECT_EQ(refusal({one, one}, {}), "the name 'w' is taken");
  EXPECT_EQ(refusal({array<double>("__metadata__", {1}, {1.0})}, {}), "the name '__metadata__' is taken");
  EXPECT_EQ(refusal({array<double>("w", {3}, {1.0})}, {}),
            "'w' holds 8 bytes, which does not match its shape [3] of F64");
  EXPECT_EQ(refusal({array<double>("w", {-1, -1}, {1.0})}, {}),
            "'w' holds 8 bytes, which does not match its shape [-1, -1] of F64");
  EXPECT_EQ(refusal({}, {{"sha256", ""}}), "the metadata name 'sha256' is taken");
  EXPECT_EQ(refusal({}, {{"k", "\xff"}}), "a name or a metadata text is not valid UTF-8");
  EXPECT_EQ(refusal({array<double>("", {1}, {1.0})}, {}), "the name \"\" of an array is not printable");
  EXPECT_THAT(refusal({}, {{"k", std::string(1 << 20, 'x')}}), HasSubstr("too much to store"));
  EXPECT_EQ(refusal(std::vector<TensorData>(4097, one), {}), "4097 arrays are too many; the limit is 4096");
}

TEST(SafetensorsTest, AWrongNameOrTypeIsExplained) {
  const Safetensors content = sample();
  try {
    content.at("weight");
    FAIL();
  } catch (const CheckpointError& error) {
    EXPECT_STREQ(error.what(), "there is no array 'weight'; there are: generator, weights, moments, step, history");
  }
  try {
    content.at("moments").values<double>();
    FAIL();
  } catch (const CheckpointError& error) {
    EXPECT_STREQ(error.what(), "'moments' is stored as F32, expected F64");
  }
}

TEST(SafetensorsTest, ReadsFilesAndNothingElse) {
  std::string name = (fs::temp_directory_path() / "nusselt-tensors-XXXXXX").string();
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  const fs::path folder = name;
  const fs::path path = folder / "state.safetensors";
  write_atomically(path, safetensors_bytes(sample()));
  EXPECT_EQ(read_safetensors(path).at("weights").bytes, sample().at("weights").bytes);
  const auto message = [](const fs::path& file) -> std::string {
    try {
      read_safetensors(file);
    } catch (const CheckpointError& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_EQ(message(folder / "absent"), (folder / "absent").string() + ": cannot be opened: No such file or directory");
  EXPECT_THAT(message(folder), HasSubstr("is not a regular file"));
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(message(folder / "pipe"), HasSubstr("is not a regular file"));
  std::ofstream(folder / "sparse");
  fs::resize_file(folder / "sparse", std::uintmax_t{1} << 40);
  EXPECT_THAT(message(folder / "sparse"), HasSubstr("has 1099511627776 bytes; the limit is"));
  std::ofstream(folder / "model.pt") << "PK\x03\x04 and more";
  EXPECT_THAT(message(folder / "model.pt"), HasSubstr("TorchScript"));
  fs::remove_all(folder);
}

}  // namespace
}  // namespace nusselt
