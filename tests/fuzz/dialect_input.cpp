#include "tests/fuzz/dialect_input.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "providers/dialects/registry.hpp"

namespace retort::fuzz {
namespace {

constexpr std::array statuses = {200, 201, 400, 401, 402, 403, 404, 408, 409, 413, 422,
                                 424, 429, 498, 500, 502, 503, 504, 520, 529, 302};

int status_for(std::string_view word) {
  int status = 0;
  std::from_chars(word.data(), word.data() + word.size(), status);
  if (std::find(statuses.begin(), statuses.end(), status) != statuses.end()) return status;
  return word.empty() ? 200 : statuses[static_cast<unsigned char>(word[0]) % statuses.size()];
}

// What stands in io::http_response::headers: lines with names in lower case, and no control
// character but the tab.
void add_header(std::string_view line, std::string& headers) {
  const std::size_t colon = line.find(": ");
  if (colon == std::string_view::npos || colon == 0) return;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool control = (c >= 0 && c < ' ' && c != '\t') || c == 127;
    if (control) return;
    headers += i < colon && c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  headers += '\n';
}

}  // namespace

const providers::dialect& dialect_for(std::string_view word) {
  if (const providers::dialect* const named = providers::find_dialect(word)) return *named;
  const auto& names = providers::known_dialects();
  const auto byte = word.empty() ? 0 : static_cast<unsigned char>(word[0]);
  return *providers::find_dialect(names[byte % names.size()]);
}

io::http_response response_in(const fuzz_input& input) {
  io::http_response response;
  response.status = status_for(input.word(1));
  std::string_view rest = input.text;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.empty()) break;
    add_header(line, response.headers);
  }
  response.body = rest;
  return response;
}

std::chrono::system_clock::time_point wall_clock() {
  return std::chrono::system_clock::from_time_t(784111777);
}

}  // namespace retort::fuzz
