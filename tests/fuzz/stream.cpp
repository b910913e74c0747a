// Every dialect's reading of a stream: wherever it is cut it comes to the same outcome, which can
// stand in a ledger; and once a reader says that it has all, the rest changes nothing.
#include "tests/fuzz/dialect_input.hpp"

using namespace retort;
using namespace retort::fuzz;

namespace {

struct reading {
  std::string outcome;
  std::uint64_t pieces = 0;
};

enum class reads { all, until_ended };

reading read(const providers::dialect& dialect, const io::http_response& response,
             const std::vector<std::string>& stream, reads how) {
  const auto reader = dialect.read_stream();
  reading seen;
  for (const std::string& piece : stream) {
    reader->feed(piece);
    require(reader->pieces() >= seen.pieces, "pieces are never taken back");
    seen.pieces = reader->pieces();
    if (how == reads::until_ended && reader->ended()) break;
  }
  seen.outcome = show(reader->finish(response, wall_clock()));
  seen.pieces = reader->pieces();
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz_input input(data, size);
  io::http_response response = response_in(input);
  const std::string body = std::move(response.body);
  response.body.clear();
  const providers::dialect& dialect = dialect_for(input.word(0));
  const auto cut = pieces(body, input.word(2));
  const reading whole = read(dialect, response, {body}, reads::all);
  const reading pieced = read(dialect, response, cut, reads::all);
  require(pieced.outcome == whole.outcome, "a cut changes no outcome");
  require(pieced.pieces == whole.pieces, "a cut changes no count of pieces");
  const reading shortened = read(dialect, response, cut, reads::until_ended);
  require(shortened.outcome == whole.outcome, "nothing of interest follows the end");
  return 0;
}
