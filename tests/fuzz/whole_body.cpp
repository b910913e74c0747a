// Every dialect's reading of a whole response: whatever a server sends comes to an outcome that can
// stand in a ledger, always the same.
#include "tests/fuzz/dialect_input.hpp"

using namespace retort;
using namespace retort::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz_input input(data, size);
  const io::http_response response = response_in(input);
  const providers::dialect& dialect = dialect_for(input.word(0));
  const std::string first = show(dialect.parse(response, wall_clock()));
  require(show(dialect.parse(response, wall_clock())) == first, "nothing stays from one response");
  return 0;
}
