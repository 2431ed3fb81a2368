// Reads a PNG from memory for the tests of the figures.
#pragma once

#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPNGReader.h>
#include <vtkSmartPointer.h>

#include <string>

#include "solver/colour_map.hpp"

namespace nusselt {

class PngPixels {
 public:
  explicit PngPixels(const std::string& bytes) {
    vtkNew<vtkPNGReader> reader;
    reader->SetMemoryBuffer(bytes.data());
    reader->SetMemoryBufferLength(vtkIdType(bytes.size()));
    reader->Update();
    image_ = reader->GetOutput();
  }

  int width() const { return image_->GetDimensions()[0]; }
  int height() const { return image_->GetDimensions()[1]; }
  /// From the upper left corner.
  Colour at(int x, int y) const {
    const auto component = [&](int c) {
      return std::uint8_t(image_->GetScalarComponentAsDouble(x, height() - 1 - y, 0, c));
    };
    return {component(0), component(1), component(2)};
  }

 private:
  vtkSmartPointer<vtkImageData> image_;
};

}  // namespace nusselt
