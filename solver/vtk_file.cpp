#include "solver/vtk_file.hpp"

#include <vtkDataArray.h>
#include <vtkDataSetAttributes.h>
#include <vtkDoubleArray.h>
#include <vtkFieldData.h>
#include <vtkImageData.h>
#include <vtkInformation.h>
#include <vtkInformationStringKey.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkStringArray.h>
#include <vtkUnsignedCharArray.h>
#include <vtkXMLImageDataWriter.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

namespace nusselt {
namespace {

void check_name(const std::string& name) {
  if (name.empty() || name.find_first_of("/.") != std::string::npos)
    throw std::invalid_argument("'" + name +
                                "' cannot name an array of a VTK file: it must not be empty and must not " +
                                "contain '/' or '.'; write units as 'W m-2'");
}

std::string xml_attribute(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string shortest(double value) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return std::string(buffer, end);
}

/// Where no array has a finite value: outside of the domain.
std::vector<bool> points_without_value(const FieldGrid& grid) {
  std::vector<bool> outside(grid.point_count(), !grid.arrays.empty());
  for (const NamedArray& array : grid.arrays) {
    for (std::size_t i = 0; i < array.values.size(); ++i) {
      if (std::isfinite(array.values[i])) outside[i / static_cast<std::size_t>(array.components)] = false;
    }
  }
  return outside;
}

}  // namespace

std::string vtk_array_name(const NamedArray& array) {
  return array.name + " [" + (array.unit.empty() ? "1" : array.unit) + "]";
}

std::string vti_bytes(const FieldGrid& grid, const std::vector<std::pair<std::string, std::string>>& field_data,
                      std::optional<double> time) {
  check_field_grid(grid);
  vtkNew<vtkImageData> image;
  image->SetDimensions(grid.points.data());
  image->SetOrigin(grid.origin.data());
  double spacing[3];
  for (std::size_t axis = 0; axis < 3; ++axis) spacing[axis] = grid.spacing[axis] > 0 ? grid.spacing[axis] : 1.0;
  image->SetSpacing(spacing);

  for (const NamedArray& array : grid.arrays) {
    const std::string name = vtk_array_name(array);
    check_name(name);
    vtkNew<vtkDoubleArray> data;
    data->SetName(name.c_str());
    data->SetNumberOfComponents(array.components);
    data->SetNumberOfTuples(vtkIdType(grid.point_count()));
    std::copy(array.values.begin(), array.values.end(), data->GetPointer(0));
    data->GetInformation()->Set(vtkDataArray::UNITS_LABEL(), array.unit.empty() ? "1" : array.unit.c_str());
    image->GetPointData()->AddArray(data);
    // ParaView colours by the active array when the file is opened.
    if (array.components == 1 && !image->GetPointData()->GetScalars())
      image->GetPointData()->SetActiveScalars(name.c_str());
    if (array.components == 3 && !image->GetPointData()->GetVectors())
      image->GetPointData()->SetActiveVectors(name.c_str());
  }
  if (const std::vector<bool> outside = points_without_value(grid);
      std::find(outside.begin(), outside.end(), true) != outside.end()) {
    // ParaView leaves out what the ghost array hides.
    vtkNew<vtkUnsignedCharArray> hidden;
    hidden->SetName(vtkDataSetAttributes::GhostArrayName());
    for (const bool one : outside) {
      hidden->InsertNextValue(one ? static_cast<unsigned char>(vtkDataSetAttributes::HIDDENPOINT) : 0);
    }
    image->GetPointData()->AddArray(hidden);
  }
  for (const auto& [name, text] : field_data) {
    check_name(name);
    vtkNew<vtkStringArray> data;
    data->SetName(name.c_str());
    data->InsertNextValue(text);
    image->GetFieldData()->AddArray(data);
  }
  if (time) {
    vtkNew<vtkDoubleArray> data;
    data->SetName("TimeValue");
    data->InsertNextValue(*time);
    image->GetFieldData()->AddArray(data);
  }

  vtkNew<vtkXMLImageDataWriter> writer;
  writer->SetInputData(image);
  // Inline and not appended: with expat as of Debian 12's security update (2.5.0-1+deb12u2, CVE-2023-52425) the readers
  // of VTK 9.1 and ParaView 5.11 fail on an <AppendedData> element ("junk after document element").
  writer->SetDataModeToBinary();
  writer->SetCompressorTypeToZLib();
  writer->WriteToOutputStringOn();
  if (writer->Write() != 1) throw std::runtime_error("VTK could not make the .vti file");
  return writer->GetOutputString();
}

std::string pvd_bytes(const std::vector<PvdEntry>& entries) {
  std::string text =
      "<?xml version=\"1.0\"?>\n"
      "<VTKFile type=\"Collection\" version=\"0.1\" byte_order=\"LittleEndian\">\n"
      "  <Collection>\n";
  for (const PvdEntry& entry : entries) {
    if (!std::isfinite(entry.time)) throw std::invalid_argument("the time of '" + entry.file + "' is not finite");
    text += "    <DataSet timestep=\"" + shortest(entry.time) + "\" group=\"\" part=\"0\" file=\"" +
            xml_attribute(entry.file) + "\"/>\n";
  }
  return text + "  </Collection>\n</VTKFile>\n";
}

}  // namespace nusselt
