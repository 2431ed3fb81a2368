// What the pages for people are made of: escaped text, tables, figures, one style for screen, dark screen and paper.
//
// No script, no external resource. A page is well-formed XML, so that a plain XML parser can check it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nusselt {

/// Text as XML may hold it; bytes that are not UTF-8 or not allowed in XML become U+FFFD.
std::string html_escaped(std::string_view text);
/// Escaped, with what stands between backquotes set as a command.
std::string html_with_commands(const std::string& words);
std::string html_heading(const std::string& title);
std::string html_note(const std::string& sentence);

/// Escapes what it is given.
class HtmlTable {
 public:
  struct Column {
    std::string title;
    bool right = false;
  };
  enum class Cell { name, words, unit, number, good, bad };

  explicit HtmlTable(const std::vector<Column>& columns);
  void row(const std::vector<std::pair<Cell, std::string>>& cells);
  std::string html() const;

 private:
  std::string html_;
};

struct HtmlFigure {
  std::string caption{};
  std::string png{};  ///< the file's bytes
  int width = 0;      ///< pixels
  int height = 0;
};
/// A section with all figures; empty without any.
std::string html_figures(const std::vector<HtmlFigure>& figures);

/// The whole page as UTF-8. `tab`: the title of the window; `body`: HTML.
std::string html_page(const std::string& tab, const std::string& title, const std::string& subtitle,
                      const std::string& body);

}  // namespace nusselt
