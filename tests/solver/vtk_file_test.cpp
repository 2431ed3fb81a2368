#include "solver/vtk_file.hpp"

#include <gtest/gtest.h>
#include <vtkDataArray.h>
#include <vtkFieldData.h>
#include <vtkImageData.h>
#include <vtkInformation.h>
#include <vtkInformationStringKey.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkSmartPointer.h>
#include <vtkStringArray.h>
#include <vtkXMLDataElement.h>
#include <vtkXMLImageDataReader.h>
#include <vtkXMLUtilities.h>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace nusselt {
namespace {

FieldGrid plane() {
  FieldGrid grid;
  grid.points = {3, 2, 1};
  grid.origin = {0.25, -1, 0};
  grid.spacing = {0.1, 0.3, 1};
  grid.arrays = {{"T", "K", 1, {293.15, 1.0 / 3, -0.0, 4e-300, 5, 6e300}},
                 {"velocity", "m s-1", 3, {}},
                 {"residual energy", "1", 1, {1, 2, 3, 4, 5, 6}}};
  for (int i = 0; i < 18; ++i) grid.arrays[1].values.push_back(i / 7.0);
  return grid;
}

vtkSmartPointer<vtkImageData> read(const std::string& bytes) {
  vtkNew<vtkXMLImageDataReader> reader;
  reader->ReadFromInputStringOn();
  reader->SetInputString(bytes);
  reader->Update();
  return reader->GetOutput();
}

TEST(VtkFile, ReadsBackEveryBit) {
  const FieldGrid grid = plane();
  const auto image = read(vti_bytes(grid, {{"status", "not_converged"}, {"case", "a < b & \"c\"\n  line"}}, 12.5));
  for (int axis = 0; axis < 3; ++axis) {
    EXPECT_EQ(image->GetDimensions()[axis], grid.points[std::size_t(axis)]);
    EXPECT_EQ(image->GetOrigin()[axis], grid.origin[std::size_t(axis)]);
    EXPECT_EQ(image->GetSpacing()[axis], grid.spacing[std::size_t(axis)]);
  }
  ASSERT_EQ(image->GetPointData()->GetNumberOfArrays(), 3);
  const char* const names[] = {"T [K]", "velocity [m s-1]", "residual energy [1]"};
  for (int a = 0; a < 3; ++a) {
    const NamedArray& expected = grid.arrays[std::size_t(a)];
    vtkDataArray* array = image->GetPointData()->GetArray(names[a]);
    ASSERT_NE(array, nullptr) << names[a];
    EXPECT_EQ(array->GetDataType(), VTK_DOUBLE);
    ASSERT_EQ(array->GetNumberOfComponents(), expected.components);
    ASSERT_EQ(array->GetNumberOfValues(), vtkIdType(expected.values.size()));
    for (std::size_t i = 0; i < expected.values.size(); ++i) {
      const auto components = std::size_t(expected.components);
      EXPECT_EQ(array->GetComponent(vtkIdType(i / components), int(i % components)), expected.values[i]);
    }
    ASSERT_TRUE(array->HasInformation());
    EXPECT_EQ(std::string(array->GetInformation()->Get(vtkDataArray::UNITS_LABEL())), expected.unit);
  }
  EXPECT_STREQ(image->GetPointData()->GetScalars()->GetName(), "T [K]");
  EXPECT_STREQ(image->GetPointData()->GetVectors()->GetName(), "velocity [m s-1]");

  const auto text = [&](const char* name) -> std::string {
    auto* array = vtkStringArray::SafeDownCast(image->GetFieldData()->GetAbstractArray(name));
    return array && array->GetNumberOfValues() == 1 ? std::string(array->GetValue(0)) : "missing";
  };
  EXPECT_EQ(text("status"), "not_converged");
  EXPECT_EQ(text("case"), "a < b & \"c\"\n  line");
  ASSERT_NE(image->GetFieldData()->GetArray("TimeValue"), nullptr);
  EXPECT_EQ(image->GetFieldData()->GetArray("TimeValue")->GetComponent(0, 0), 12.5);
}

TEST(VtkFile, ReadsBackALineAndABox) {
  FieldGrid line;
  line.points = {4, 1, 1};
  line.spacing = {0.5, 0, 0};
  line.arrays = {{"T", "K", 1, {1, 2, 3, 4}}};
  const auto image = read(vti_bytes(line, {}));
  EXPECT_EQ(image->GetNumberOfPoints(), 4);
  EXPECT_EQ(image->GetPointData()->GetArray("T [K]")->GetComponent(3, 0), 4);
  EXPECT_EQ(image->GetFieldData()->GetArray("TimeValue"), nullptr);

  FieldGrid box;
  box.points = {2, 3, 4};
  box.arrays = {{"p", "Pa", 1, {}}};
  for (int i = 0; i < 24; ++i) box.arrays[0].values.push_back(i);
  const auto volume = read(vti_bytes(box, {}));
  int at[3] = {1, 2, 3};
  EXPECT_EQ(volume->GetPointData()->GetArray("p [Pa]")->GetComponent(volume->ComputePointId(at), 0), 23);
}

TEST(VtkFile, HidesPointsWithoutAnyValue) {
  FieldGrid grid = plane();
  EXPECT_EQ(read(vti_bytes(grid, {}))->GetPointData()->GetArray("vtkGhostType"), nullptr);
  grid.arrays.erase(grid.arrays.begin() + 1);
  for (NamedArray& array : grid.arrays) array.values[4] = NAN;
  grid.arrays[0].values[1] = NAN;  // the other one has a value there
  const auto image = read(vti_bytes(grid, {}));
  vtkDataArray* hidden = image->GetPointData()->GetArray("vtkGhostType");
  ASSERT_NE(hidden, nullptr);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(hidden->GetComponent(i, 0), i == 4 ? 2 : 0) << i;
}

TEST(VtkFile, RefusesNamesThatReadersMisunderstand) {
  FieldGrid grid = plane();
  grid.arrays[0].unit = "W/m2";
  try {
    vti_bytes(grid, {});
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(),
                 "'T [W/m2]' cannot name an array of a VTK file: it must not be empty and must not contain '/' or '.'; "
                 "write units as 'W m-2'");
  }
  EXPECT_THROW(vti_bytes(plane(), {{"libtorch.version", "2"}}), std::invalid_argument);
  grid = plane();
  grid.arrays[0].values.pop_back();
  EXPECT_THROW(vti_bytes(grid, {}), std::invalid_argument);
}

TEST(VtkFile, CollectionIsXmlWithExactTimes) {
  const std::string bytes = pvd_bytes({{0, "fields_0000.vti"}, {0.1, "a & \"b\".vti"}});
  const auto root = vtkSmartPointer<vtkXMLDataElement>::Take(vtkXMLUtilities::ReadElementFromString(bytes.c_str()));
  ASSERT_NE(root, nullptr);
  EXPECT_STREQ(root->GetName(), "VTKFile");
  EXPECT_STREQ(root->GetAttribute("type"), "Collection");
  vtkXMLDataElement* collection = root->FindNestedElementWithName("Collection");
  ASSERT_NE(collection, nullptr);
  ASSERT_EQ(collection->GetNumberOfNestedElements(), 2);
  double time = -1;
  ASSERT_TRUE(collection->GetNestedElement(1)->GetScalarAttribute("timestep", time));
  EXPECT_EQ(time, 0.1);
  EXPECT_STREQ(collection->GetNestedElement(0)->GetAttribute("file"), "fields_0000.vti");
  EXPECT_STREQ(collection->GetNestedElement(1)->GetAttribute("file"), "a & \"b\".vti");
  EXPECT_THROW(pvd_bytes({{std::numeric_limits<double>::infinity(), "x.vti"}}), std::invalid_argument);
}

}  // namespace
}  // namespace nusselt
