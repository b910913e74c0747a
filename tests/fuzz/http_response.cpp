// The HTTP parser: a response is the same wherever the network cuts it, and its body the same
// whether it is kept or poured into a sink.
#include "io/http/http_parser.hpp"
#include "tests/fuzz/fuzz_input.hpp"

using namespace retort;
using namespace retort::fuzz;

namespace {

struct kept final : io::body_sink {
  result<void> take(std::string_view bytes, std::chrono::steady_clock::time_point) override {
    body += bytes;
    return {};
  }
  std::string body;
};

struct reading {
  bool whole = false;
  std::string shown;
};

// As the client does it: what the parser leaves is offered again with what comes next.
result<void> feed(io::http_parser& parser, const std::vector<std::string>& stream) {
  std::string pending;
  for (const std::string& piece : stream) {
    pending += piece;
    do {
      const std::string exact(pending.begin(), pending.end());
      const result<std::size_t> taken = parser.feed(exact);
      if (!taken) return taken.error();
      require(*taken <= pending.size(), "no more is taken than there is");
      pending.erase(0, *taken);
      if (parser.done()) return {};
    } while (parser.paused());
  }
  return parser.feed_end();
}

reading read(const std::vector<std::string>& stream, bool pours) {
  io::http_response response;
  kept sink;
  io::http_parser parser(&response, pours ? &sink : nullptr);
  reading seen;
  const result<void> fed = feed(parser, stream);
  if (!fed) return seen;
  const bool poured = pours && response.status / 100 == 2;
  seen.whole = true;
  seen.shown = std::to_string(response.status) + "\n" + response.headers + "\n" +
               (poured ? sink.body : response.body);
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz_input input(data, size);
  const auto cut = pieces(input.text, input.recipe);
  const reading whole = read({std::string(input.text)}, false);
  const reading pieced = read(cut, false);
  require(pieced.whole == whole.whole, "a cut makes no response good or bad");
  require(pieced.shown == whole.shown, "a cut changes no response");
  const reading poured = read(cut, true);
  require(poured.whole == whole.whole, "a sink makes no response good or bad");
  require(poured.shown == whole.shown, "a sink gets the body that is kept without one");
  return 0;
}
