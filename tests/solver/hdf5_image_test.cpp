#include "solver/hdf5_image.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hdf5.h>
#include <hdf5_hl.h>

#include <filesystem>
#include <fstream>
#include <numeric>
#include <optional>
#include <random>

#include "solver/write_atomically.hpp"

namespace nusselt {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

class Hdf5ImageTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "nusselt-hdf5-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    path_ = folder_ / "result.h5";
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    std::iota(values_.begin(), values_.end(), 293.15);
  }
  void TearDown() override {
    if (file_ >= 0) H5Fclose(file_);
    fs::remove_all(folder_);
  }

  void open(const std::string& bytes) {
    if (file_ >= 0) H5Fclose(file_);
    file_ = -1;
    std::ofstream(path_, std::ios::binary) << bytes;
    open_file();
  }

  void open_file() { file_ = H5Fopen(path_.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT); }

  std::optional<std::vector<double>> read(const char* path) const {
    const hid_t dataset = H5Dopen2(file_, path, H5P_DEFAULT);
    if (dataset < 0) return std::nullopt;
    const hid_t space = H5Dget_space(dataset);
    const hssize_t count = H5Sget_simple_extent_npoints(space);
    H5Sclose(space);
    std::vector<double> values(count >= 0 && count < 1000000 ? static_cast<std::size_t>(count) : 0);
    const herr_t result = H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    H5Dclose(dataset);
    if (result < 0) return std::nullopt;
    return values;
  }

  std::string text_attribute(const char* object, const char* name) const {
    const hid_t attribute = H5Aopen_by_name(file_, object, name, H5P_DEFAULT, H5P_DEFAULT);
    const hid_t type = H5Aget_type(attribute);
    EXPECT_EQ(H5Tget_cset(type), H5T_CSET_UTF8);
    char* text = nullptr;
    EXPECT_GE(H5Aread(attribute, type, &text), 0);
    const std::string result = text == nullptr ? "" : text;
    H5free_memory(text);
    H5Tclose(type);
    H5Aclose(attribute);
    return result;
  }

  template <typename T>
  T attribute(const char* object, const char* name, hid_t type) const {
    const hid_t attribute = H5Aopen_by_name(file_, object, name, H5P_DEFAULT, H5P_DEFAULT);
    T value{};
    EXPECT_GE(H5Aread(attribute, type, &value), 0);
    H5Aclose(attribute);
    return value;
  }

  std::string text(const char* path) const {
    const hid_t dataset = H5Dopen2(file_, path, H5P_DEFAULT);
    const hid_t type = H5Dget_type(dataset);
    std::string result(H5Tget_size(type), '?');
    EXPECT_GE(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, result.data()), 0);
    H5Tclose(type);
    H5Dclose(dataset);
    return result;
  }

  fs::path folder_;
  fs::path path_;
  hid_t file_ = -1;
  std::vector<double> values_ = std::vector<double>(600);
};

TEST_F(Hdf5ImageTest, ValuesShapeAttributesAndTextComeBack) {
  Hdf5Image image;
  const std::vector<std::int64_t> steps = {1, -5, std::int64_t{1} << 62};
  const std::string long_text(70000, 'y');
  image.dataset("/fields/T", {20, 30}, values_, {{"units", "K"}, {"long_name", "temp\xc3\xa9rature"}});
  image.dataset("/history/step", {3}, steps);
  image.text("/case/text", "name: cavity\n");
  image.text("/case/resolved", long_text);
  image.text("/case/empty", "");
  image.attribute("/", "status", "converged");
  image.attribute("/network", "width", 20);
  image.attribute("/network", "Ra", 1e4);
  write_atomically(path_, image.bytes());
  open_file();
  ASSERT_GE(file_, 0);
  EXPECT_EQ(read("/fields/T"), values_);
  EXPECT_EQ(text_attribute("/fields/T", "units"), "K");
  EXPECT_EQ(text_attribute("/fields/T", "long_name"), "temp\xc3\xa9rature");
  EXPECT_EQ(text_attribute("/", "status"), "converged");
  EXPECT_EQ(attribute<std::int64_t>("/network", "width", H5T_NATIVE_INT64), 20);
  EXPECT_EQ(attribute<double>("/network", "Ra", H5T_NATIVE_DOUBLE), 1e4);
  EXPECT_EQ(text("/case/text"), "name: cavity\n");
  EXPECT_EQ(text("/case/resolved"), long_text);
  EXPECT_EQ(text("/case/empty"), std::string(1, '\0'));

  const hid_t dataset = H5Dopen2(file_, "/fields/T", H5P_DEFAULT);
  const hid_t space = H5Dget_space(dataset);
  hsize_t extents[2] = {0, 0};
  ASSERT_EQ(H5Sget_simple_extent_dims(space, extents, nullptr), 2);
  EXPECT_EQ(extents[0], 20u);
  EXPECT_EQ(extents[1], 30u);
  H5Sclose(space);
  H5Dclose(dataset);
  const hid_t step = H5Dopen2(file_, "/history/step", H5P_DEFAULT);
  std::vector<std::int64_t> read_steps(3);
  ASSERT_GE(H5Dread(step, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, read_steps.data()), 0);
  EXPECT_EQ(read_steps, steps);
  H5Dclose(step);
}

TEST_F(Hdf5ImageTest, ArraysAreChunkedShuffledDeflatedAndChecksummed) {
  Hdf5Image image;
  const std::vector<double> large(300000, 1.0);
  image.dataset("/large", {3, 100000}, large);
  open(image.bytes());
  EXPECT_EQ(read("/large"), large);
  EXPECT_LT(fs::file_size(path_), 100000u);
  const hid_t dataset = H5Dopen2(file_, "/large", H5P_DEFAULT);
  const hid_t list = H5Dget_create_plist(dataset);
  hsize_t chunk[2] = {0, 0};
  ASSERT_EQ(H5Pget_chunk(list, 2, chunk), 2);
  EXPECT_EQ(chunk[0], 1u);
  EXPECT_LE(chunk[0] * chunk[1] * sizeof(double), std::size_t{1} << 20);
  std::vector<H5Z_filter_t> filters;
  for (int i = 0; i < H5Pget_nfilters(list); ++i) {
    unsigned flags = 0;
    std::size_t count = 0;
    unsigned configuration = 0;
    filters.push_back(
        H5Pget_filter2(list, static_cast<unsigned>(i), &flags, &count, nullptr, 0, nullptr, &configuration));
  }
  EXPECT_THAT(filters, testing::ElementsAre(H5Z_FILTER_SHUFFLE, H5Z_FILTER_DEFLATE, H5Z_FILTER_FLETCHER32));
  H5Pclose(list);
  H5Dclose(dataset);
}

TEST_F(Hdf5ImageTest, AChangedByteInTheDataMakesReadingFail) {
  Hdf5Image image;
  image.dataset("/fields/T", {20, 30}, values_);
  std::string bytes = image.bytes();
  open(bytes);
  const hid_t dataset = H5Dopen2(file_, "/fields/T", H5P_DEFAULT);
  const hid_t space = H5Dget_space(dataset);
  hsize_t offset[2] = {0, 0};
  haddr_t address = HADDR_UNDEF;
  hsize_t size = 0;
  unsigned skipped = 0;
  ASSERT_GE(H5Dget_chunk_info(dataset, space, 0, offset, &skipped, &address, &size), 0);
  H5Sclose(space);
  H5Dclose(dataset);
  ASSERT_LT(address + size, bytes.size() + 1);
  bytes[address + size / 2] = static_cast<char>(bytes[address + size / 2] ^ 1);
  open(bytes);
  ASSERT_GE(file_, 0);
  EXPECT_FALSE(read("/fields/T").has_value());
}

TEST_F(Hdf5ImageTest, NoDamagedFileYieldsOtherValues) {
  Hdf5Image image;
  image.dataset("/fields/T", {20, 30}, values_, {{"units", "K"}});
  const std::string good = image.bytes();
  std::mt19937 random(7);
  int refused = 0;
  for (int i = 0; i < 1000; ++i) {
    std::string bytes = good;
    for (std::size_t changes = 1 + random() % 8; changes > 0; --changes) {
      const std::size_t at = random() % bytes.size();
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
    }
    open(bytes);
    const std::optional<std::vector<double>> values = file_ < 0 ? std::nullopt : read("/fields/T");
    if (values) {
      ASSERT_EQ(*values, values_) << "file " << i;
    } else {
      ++refused;
    }
  }
  EXPECT_GT(refused, 250);
}

TEST_F(Hdf5ImageTest, CoordinatesAreAttachedAsDimensionScales) {
  Hdf5Image image;
  const std::vector<double> x(30, 0.5);
  const std::vector<double> y(20, 0.25);
  image.dataset("/coordinates/x", {30}, x, {{"units", "m"}});
  image.dataset("/coordinates/y", {20}, y, {{"units", "m"}});
  for (const char* field : {"/fields/T", "/fields/u"}) {
    image.dataset(field, {20, 30}, values_);
    image.dimension_scale(field, 0, "/coordinates/y");
    image.dimension_scale(field, 1, "/coordinates/x");
  }
  open(image.bytes());
  const hid_t field = H5Dopen2(file_, "/fields/u", H5P_DEFAULT);
  const hid_t scale = H5Dopen2(file_, "/coordinates/x", H5P_DEFAULT);
  EXPECT_GT(H5DSis_attached(field, scale, 1), 0);
  EXPECT_EQ(H5DSis_attached(field, scale, 0), 0);
  char name[8] = "";
  EXPECT_EQ(H5DSget_scale_name(scale, name, sizeof name), 1);
  EXPECT_STREQ(name, "x");
  H5Dclose(scale);
  H5Dclose(field);
}

TEST_F(Hdf5ImageTest, AnEmptyArrayIsPossible) {
  Hdf5Image image;
  image.dataset("/history/loss", {0}, std::span<const double>());
  open(image.bytes());
  EXPECT_EQ(read("/history/loss"), std::vector<double>());
}

TEST_F(Hdf5ImageTest, TheImageCanGrowAfterItWasHandedOut) {
  Hdf5Image image;
  Hdf5Image other;
  image.dataset("/a", {600}, values_);
  const std::string first = image.bytes();
  image.dataset("/b", {600}, values_);
  open(image.bytes());
  EXPECT_EQ(read("/b"), values_);
  open(first);
  EXPECT_EQ(read("/a"), values_);
  EXPECT_FALSE(read("/b").has_value());
}

TEST_F(Hdf5ImageTest, RefusalsNameThePathAndTheReason) {
  Hdf5Image image;
  const auto message = [](auto action) -> std::string {
    try {
      action();
    } catch (const Hdf5Error& error) {
      return error.what();
    }
    return "accepted";
  };
  image.dataset("/fields/T", {600}, values_);
  EXPECT_THAT(message([&] { image.dataset("/fields/T", {600}, values_); }),
              AllOf(HasSubstr("cannot write the array /fields/T"), HasSubstr("name already exists")));
  EXPECT_EQ(message([&] {
              image.dataset("/a", {7, 3}, values_);
            }),
            "HDF5: cannot write the array /a: 600 values do not fill the shape [7, 3]");
  EXPECT_THAT(message([&] { image.dataset("/a", {}, values_); }), HasSubstr("600 values do not fill the shape []"));
  EXPECT_THAT(message([&] { image.dataset("/a", {-20, -30}, values_); }), HasSubstr("do not fill"));
  EXPECT_THAT(message([&] { image.dataset("/a", {-1, 0}, std::span<const double>()); }), HasSubstr("do not fill"));
  EXPECT_EQ(message([&] { image.dataset("a", {600}, values_); }), "HDF5: the path 'a' does not begin with '/'");
  EXPECT_EQ(message([&] { image.text("/t", std::string("a\0b", 3)); }),
            "HDF5: cannot write the text /t: it contains a NUL");
  EXPECT_THAT(message([&] { image.dataset("/fields/T/below", {600}, values_); }),
              HasSubstr("cannot write the array /fields/T/below: "));
  EXPECT_THAT(message([&] { image.dimension_scale("/fields/T", 0, "/absent"); }),
              HasSubstr("make /absent the coordinate of axis 0 of /fields/T"));
  image.attribute("/", "status", "converged");
  EXPECT_THAT(message([&] { image.attribute("/", "status", "again"); }),
              HasSubstr("cannot write the attribute 'status' of /"));
}

}  // namespace
}  // namespace nusselt
