// A picture in memory: anti-aliased lines, polygons and text, drawn without a display and without OpenGL.
//
// VTK's rendering needs an X server in Debian's build and crashes without one. Here only its FreeType text and its PNG
// writer are used; lines get their anti-aliasing from the exact distance of a pixel to the line.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "solver/colour_map.hpp"

namespace nusselt {

/// A point in pixels: x to the right, y downwards, from the upper left corner of the picture; the centre of the first
/// pixel is (0.5, 0.5).
using PicturePoint = std::array<double, 2>;
using PictureLine = std::vector<PicturePoint>;

struct PictureBox {
  double left = 0, top = 0, right = 0, bottom = 0;
  double width() const { return right - left; }
  double height() const { return bottom - top; }
};

struct Pen {
  double width = 2;
  Colour colour{};
  double opacity = 1;
  std::vector<double> dash;  ///< lengths of stroke, gap, stroke, gap, ...; empty for a solid line
};

enum class TextAlign { start, centre, end };

struct TextStyle {
  double size = 28;  ///< height of the font in pixels
  bool bold = false;
  Colour colour{};
  TextAlign across = TextAlign::start;  ///< along the line of text: start, centre, end at the given point
  TextAlign down = TextAlign::centre;   ///< start: the top of the line of text lies at the given point
  bool upwards = false;                 ///< turned by 90 degrees, read from below; `across`, `down` turn with it
};

class Canvas {
 public:
  Canvas(int width, int height, Colour background);

  int width() const { return width_; }
  int height() const { return height_; }
  Colour at(int x, int y) const { return pixels_[index(x, y)]; }
  void set(int x, int y, Colour colour) { pixels_[index(x, y)] = colour; }

  /// Strokes outside this box are cut off. Text and fills are not.
  void clip(const PictureBox& box) { clip_ = box; }
  void clip_to_picture() { clip_ = {0, 0, double(width_), double(height_)}; }

  /// Lines drawn in one call are one shape: where they cross, opacity does not add up.
  void stroke(const std::vector<PictureLine>& lines, const Pen& pen);
  void stroke(const PictureLine& line, const Pen& pen) { stroke(std::vector<PictureLine>{line}, pen); }
  /// A convex polygon.
  void fill(const PictureLine& polygon, Colour colour, double opacity = 1);
  void fill(const PictureBox& box, Colour colour, double opacity = 1);
  void text(PicturePoint at, std::string_view utf8, const TextStyle& style);

  /// The PNG file.
  std::string png() const;

 private:
  std::size_t index(int x, int y) const { return std::size_t(y) * std::size_t(width_) + std::size_t(x); }
  void blend(int x, int y, Colour colour, double coverage);

  int width_;
  int height_;
  PictureBox clip_;
  std::vector<Colour> pixels_;
  std::vector<float> coverage_;
};

/// Width of a line of text in pixels.
double text_width(std::string_view utf8, const TextStyle& style);

/// The font file the pictures are set in; empty when none of the known places has one. Then VTK's built-in face is
/// used, which knows only ASCII, and text goes through `ascii_text` first.
const std::string& figure_font(bool bold);

/// The same text in ASCII as an engineer would type it: "10⁻³ m s⁻¹" becomes "10^-3 m s-1"; letters without a
/// customary spelling become '?'.
std::string ascii_text(std::string_view utf8);

}  // namespace nusselt
