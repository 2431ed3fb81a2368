#include "solver/figure_canvas.hpp"

#include <vtkImageData.h>
#include <vtkMathTextFreeTypeTextRenderer.h>
#include <vtkNew.h>
#include <vtkPNGWriter.h>
#include <vtkStdString.h>
#include <vtkTextProperty.h>
#include <vtkUnsignedCharArray.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <stdexcept>

namespace nusselt {
namespace {

constexpr int dots_per_inch = 72;  // at which a font size in points is one in pixels

double distance_to_segment(double x, double y, const PicturePoint& a, const PicturePoint& b) {
  const double along_x = b[0] - a[0];
  const double along_y = b[1] - a[1];
  const double length2 = along_x * along_x + along_y * along_y;
  double t = 0;
  if (length2 > 0) t = std::clamp(((x - a[0]) * along_x + (y - a[1]) * along_y) / length2, 0.0, 1.0);
  return std::hypot(x - a[0] - t * along_x, y - a[1] - t * along_y);
}

std::vector<PictureLine> dashed(const PictureLine& line, const std::vector<double>& dash) {
  std::vector<PictureLine> pieces;
  std::size_t phase = 0;
  double left_in_phase = dash[0];
  PictureLine piece{line.front()};
  for (std::size_t i = 1; i < line.size(); ++i) {
    PicturePoint from = line[i - 1];
    double length = std::hypot(line[i][0] - from[0], line[i][1] - from[1]);
    while (length > left_in_phase) {
      const double t = left_in_phase / length;
      from = {from[0] + t * (line[i][0] - from[0]), from[1] + t * (line[i][1] - from[1])};
      length -= left_in_phase;
      if (phase % 2 == 0) {
        piece.push_back(from);
        pieces.push_back(std::move(piece));
      }
      piece = {from};
      phase = (phase + 1) % dash.size();
      left_in_phase = dash[phase];
    }
    left_in_phase -= length;
    piece.push_back(line[i]);
  }
  if (phase % 2 == 0) pieces.push_back(std::move(piece));
  return pieces;
}

std::string first_file(const std::vector<std::string>& paths) {
  std::error_code ignored;
  for (const std::string& path : paths)
    if (std::filesystem::exists(path, ignored)) return path;
  return {};
}

void set_font(vtkTextProperty* property, const TextStyle& style) {
  const std::string& file = figure_font(style.bold);
  if (file.empty()) {
    property->SetFontFamilyToArial();
    property->SetBold(style.bold);
  } else {
    property->SetFontFamily(VTK_FONT_FILE);
    property->SetFontFile(file.c_str());
  }
  property->SetFontSize(int(std::lround(style.size)));
}

/// Named by its class: VTK's factory for it would need a registration at start-up.
vtkTextRenderer* letters() {
  static const vtkNew<vtkMathTextFreeTypeTextRenderer> renderer;
  return renderer.Get();
}

vtkStdString printable(std::string_view utf8) {
  return figure_font(false).empty() ? vtkStdString(ascii_text(utf8)) : vtkStdString(std::string(utf8));
}

struct Spelling {
  std::string_view utf8;
  std::string_view ascii;
};

constexpr Spelling spellings[] = {{"\u2212", "-"},     {"\u00d7", "x"},    {"\u00b7", " "},     {"\u2013", "-"},
                                  {"\u2014", "-"},     {"\u2207", "grad"}, {"\u2202", "d"},     {"\u2264", "<="},
                                  {"\u2265", ">="},    {"\u2026", "..."},  {"\u00b0", "deg"},   {"\u2016", "||"},
                                  {"\u03b1", "alpha"}, {"\u03b2", "beta"}, {"\u03b8", "theta"}, {"\u03bc", "mu"},
                                  {"\u03bd", "nu"},    {"\u03c0", "pi"},   {"\u03c1", "rho"},   {"\u0394", "d"},
                                  {"\u2070", "0"},     {"\u00b9", "1"},    {"\u00b2", "2"},     {"\u00b3", "3"},
                                  {"\u2074", "4"},     {"\u2075", "5"},    {"\u2076", "6"},     {"\u2077", "7"},
                                  {"\u2078", "8"},     {"\u2079", "9"},    {"\u207b", "-"}};

bool is_superscript(std::string_view utf8) {
  return utf8 == "\u00b9" || utf8 == "\u00b2" || utf8 == "\u00b3" || utf8 == "\u2070" || utf8 == "\u207b" ||
         (utf8 >= "\u2074" && utf8 <= "\u2079");
}

}  // namespace

Canvas::Canvas(int width, int height, Colour background)
    : width_(width),
      height_(height),
      clip_{0, 0, double(width), double(height)},
      pixels_(std::size_t(width) * std::size_t(height), background),
      coverage_(pixels_.size(), 0.0f) {}

void Canvas::blend(int x, int y, Colour colour, double coverage) {
  if (x < 0 || y < 0 || x >= width_ || y >= height_) return;
  Colour& pixel = pixels_[index(x, y)];
  const auto mix = [coverage](std::uint8_t below, std::uint8_t above) {
    return std::uint8_t(std::lround(below + coverage * (above - below)));
  };
  pixel = {mix(pixel.red, colour.red), mix(pixel.green, colour.green), mix(pixel.blue, colour.blue)};
}

void Canvas::stroke(const std::vector<PictureLine>& lines, const Pen& pen) {
  const int clip_left = std::max(0, int(std::floor(clip_.left)));
  const int clip_top = std::max(0, int(std::floor(clip_.top)));
  const int clip_right = std::min(width_, int(std::ceil(clip_.right)));
  const int clip_bottom = std::min(height_, int(std::ceil(clip_.bottom)));
  int left = clip_right, top = clip_bottom, right = clip_left, bottom = clip_top;
  const double reach = pen.width / 2 + 0.5;
  // A line far outside the picture must not overflow the pixel count.
  const auto pixel = [](double value, int low, int high) {
    return int(std::clamp(std::floor(value), double(low), double(high)));
  };

  const auto cover = [&](const PictureLine& line) {
    for (std::size_t i = line.size() == 1 ? 0 : 1; i < line.size(); ++i) {
      const PicturePoint& a = line[i == 0 ? 0 : i - 1];
      const PicturePoint& b = line[i];
      const int x0 = pixel(std::min(a[0], b[0]) - reach, clip_left, clip_right);
      const int x1 = pixel(std::max(a[0], b[0]) + reach + 1, clip_left, clip_right);
      const int y0 = pixel(std::min(a[1], b[1]) - reach, clip_top, clip_bottom);
      const int y1 = pixel(std::max(a[1], b[1]) + reach + 1, clip_top, clip_bottom);
      for (int y = y0; y < y1; ++y)
        for (int x = x0; x < x1; ++x) {
          const double covered = std::clamp(reach - distance_to_segment(x + 0.5, y + 0.5, a, b), 0.0, 1.0);
          float& here = coverage_[index(x, y)];
          here = std::max(here, float(covered));
        }
      left = std::min(left, x0);
      right = std::max(right, x1);
      top = std::min(top, y0);
      bottom = std::max(bottom, y1);
    }
  };
  for (const PictureLine& line : lines) {
    if (line.empty()) continue;
    if (pen.dash.empty())
      cover(line);
    else
      for (const PictureLine& piece : dashed(line, pen.dash)) cover(piece);
  }
  // A line thinner than a pixel is a fainter one.
  const double opacity = pen.opacity * std::min(1.0, pen.width);
  for (int y = top; y < bottom; ++y)
    for (int x = left; x < right; ++x) {
      float& covered = coverage_[index(x, y)];
      if (covered > 0) blend(x, y, pen.colour, opacity * covered);
      covered = 0;
    }
}

void Canvas::fill(const PictureLine& polygon, Colour colour, double opacity) {
  if (polygon.size() < 3) return;
  double area = 0;
  PictureBox box{polygon[0][0], polygon[0][1], polygon[0][0], polygon[0][1]};
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const PicturePoint& a = polygon[i];
    const PicturePoint& b = polygon[(i + 1) % polygon.size()];
    area += a[0] * b[1] - b[0] * a[1];
    box = {std::min(box.left, a[0]), std::min(box.top, a[1]), std::max(box.right, a[0]), std::max(box.bottom, a[1])};
  }
  const double turn = area < 0 ? -1 : 1;
  for (int y = int(box.top) - 1; y <= int(box.bottom) + 1; ++y)
    for (int x = int(box.left) - 1; x <= int(box.right) + 1; ++x) {
      double inside = 1e30;
      for (std::size_t i = 0; i < polygon.size(); ++i) {
        const PicturePoint& a = polygon[i];
        const PicturePoint& b = polygon[(i + 1) % polygon.size()];
        const double length = std::hypot(b[0] - a[0], b[1] - a[1]);
        if (length == 0) continue;
        const double side = ((b[0] - a[0]) * (y + 0.5 - a[1]) - (b[1] - a[1]) * (x + 0.5 - a[0])) / length;
        inside = std::min(inside, turn * side);
      }
      const double covered = std::clamp(inside + 0.5, 0.0, 1.0);
      if (covered > 0) blend(x, y, colour, opacity * covered);
    }
}

void Canvas::fill(const PictureBox& box, Colour colour, double opacity) {
  for (int y = int(std::lround(box.top)); y < int(std::lround(box.bottom)); ++y)
    for (int x = int(std::lround(box.left)); x < int(std::lround(box.right)); ++x) blend(x, y, colour, opacity);
}

void Canvas::text(PicturePoint at, std::string_view utf8, const TextStyle& style) {
  if (utf8.empty()) return;
  vtkNew<vtkTextProperty> property;
  set_font(property, style);
  vtkNew<vtkImageData> image;
  int size[2] = {0, 0};
  if (!letters()->RenderString(property, printable(utf8), image, size, dots_per_inch, vtkTextRenderer::FreeType))
    throw std::runtime_error("VTK could not draw the text '" + std::string(utf8) + "'");
  const auto offset = [](TextAlign align, int length) {
    return align == TextAlign::start ? 0.0 : (align == TextAlign::centre ? 0.5 * length : double(length));
  };
  const double across = offset(style.across, size[0]);
  const double down = offset(style.down, size[1]);
  const int left = int(std::lround(style.upwards ? at[0] - down : at[0] - across));
  const int top = int(std::lround(style.upwards ? at[1] + across - size[0] : at[1] - down));
  // The first pixel of a letter that reaches to the left of its origin, as j does, has a negative index.
  const int* first = image->GetExtent();
  for (int j = 0; j < size[1]; ++j)
    for (int i = 0; i < size[0]; ++i) {
      // VTK's rows run upwards; the fourth component is the coverage of the letter.
      const double covered = image->GetScalarComponentAsDouble(first[0] + i, first[2] + size[1] - 1 - j, 0, 3) / 255;
      if (covered == 0) continue;
      if (style.upwards)
        blend(left + j, top + size[0] - 1 - i, style.colour, covered);
      else
        blend(left + i, top + j, style.colour, covered);
    }
}

std::string Canvas::png() const {
  vtkNew<vtkImageData> image;
  image->SetDimensions(width_, height_, 1);
  image->AllocateScalars(VTK_UNSIGNED_CHAR, 3);
  auto* out = static_cast<unsigned char*>(image->GetScalarPointer());
  for (int y = height_ - 1; y >= 0; --y)
    for (int x = 0; x < width_; ++x) {
      const Colour colour = at(x, y);
      *out++ = colour.red;
      *out++ = colour.green;
      *out++ = colour.blue;
    }
  vtkNew<vtkPNGWriter> writer;
  writer->SetInputData(image);
  writer->WriteToMemoryOn();
  writer->Write();
  vtkUnsignedCharArray* bytes = writer->GetResult();
  if (!bytes || bytes->GetNumberOfValues() == 0) throw std::runtime_error("VTK could not make the PNG file");
  return std::string(reinterpret_cast<const char*>(bytes->GetPointer(0)), std::size_t(bytes->GetNumberOfValues()));
}

double text_width(std::string_view utf8, const TextStyle& style) {
  if (utf8.empty()) return 0;
  vtkNew<vtkTextProperty> property;
  set_font(property, style);
  int box[4] = {0, 0, 0, 0};
  if (!letters()->GetBoundingBox(property, printable(utf8), box, dots_per_inch, vtkTextRenderer::FreeType))
    throw std::runtime_error("VTK could not measure the text '" + std::string(utf8) + "'");
  return double(box[1] - box[0] + 1);
}

const std::string& figure_font(bool bold) {
  static const std::string regular_file = first_file(
      {"/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
       "/usr/share/fonts/TTF/DejaVuSans.ttf", "/usr/share/fonts/dejavu/DejaVuSans.ttf",
       "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf"});
  static const std::string bold_file = first_file(
      {"/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf", "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans-Bold.ttf",
       "/usr/share/fonts/TTF/DejaVuSans-Bold.ttf", "/usr/share/fonts/dejavu/DejaVuSans-Bold.ttf",
       "/usr/share/fonts/truetype/liberation/LiberationSans-Bold.ttf"});
  return bold && !bold_file.empty() ? bold_file : regular_file;
}

std::string ascii_text(std::string_view utf8) {
  std::string ascii;
  bool raised = false;
  for (std::size_t i = 0; i < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    const std::size_t length = lead < 0x80 ? 1 : (lead < 0xe0 ? 2 : (lead < 0xf0 ? 3 : 4));
    const std::string_view letter = utf8.substr(i, length);
    i += length;
    if (length == 1) {
      ascii += letter;
      raised = false;
      continue;
    }
    const auto* found = std::find_if(std::begin(spellings), std::end(spellings),
                                     [&](const Spelling& spelling) { return spelling.utf8 == letter; });
    const bool superscript = is_superscript(letter);
    // After a number a raised number is a power; after a unit the exponent is written behind it, "m-2".
    if (superscript && !raised && !ascii.empty() && ascii.back() >= '0' && ascii.back() <= '9') ascii += '^';
    ascii += found == std::end(spellings) ? "?" : found->ascii;
    raised = superscript;
  }
  return ascii;
}

}  // namespace nusselt
