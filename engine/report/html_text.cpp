#include "engine/report/html_text.hpp"

#include "io/base/one_line.hpp"

namespace retort::engine {
namespace {

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
}

}  // namespace

std::string html_text(std::string_view text) {
  std::string out;
  for (;;) {
    const std::size_t end = text.find('\n');
    append_escaped(out, io::plain_line(text.substr(0, end)));
    if (end == std::string_view::npos) return out;
    out += '\n';
    text.remove_prefix(end + 1);
  }
}

}  // namespace retort::engine
