// The SSE parser: wherever a stream is cut, and whichever line ends it uses, its events are the
// same.
#include "providers/stream/sse.hpp"

#include "tests/fuzz/fuzz_input.hpp"

using namespace retort;
using namespace retort::fuzz;

namespace {

// The events, one after the other, and what else the parser keeps.
std::string read(const std::vector<std::string>& stream) {
  providers::sse_parser parser;
  std::string seen;
  const auto add = [&](const providers::sse_event& event) {
    seen.append(event.type).append("\1").append(event.data).append("\2");
  };
  for (const std::string& piece : stream) parser.feed(piece, add);
  parser.finish(add);
  return seen + parser.last_id() + "\3" + parser.stray();
}

std::string with_line_ends(std::string_view text, std::string_view end) {
  std::string out;
  for (const char c : text) c == '\n' ? out.append(end) : out.append(1, c);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz_input input(data, size);
  const std::string whole = read({std::string(input.text)});
  require(read(pieces(input.text, input.recipe)) == whole, "a cut changes nothing");
  if (input.text.find('\r') != std::string_view::npos) return 0;
  for (const std::string_view end : {"\r\n", "\r"}) {
    const std::string text = with_line_ends(input.text, end);
    require(read(pieces(text, input.recipe)) == whole, "the line ends change nothing");
  }
  return 0;
}
