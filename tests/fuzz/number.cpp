// Numbers in prose: what is read can be written and read again, and lies where it was found.
#include "engine/number/number.hpp"

#include "tests/fuzz/fuzz_input.hpp"

using namespace retort;
using namespace retort::fuzz;
using engine::decimal_sign;
using engine::number;

namespace {

void check(const std::optional<number>& read) {
  if (!read) return;
  const std::string written = read->to_string();
  if (written.size() > 400) return;  // more digits than are read
  require(number::parse(written) == read, "a number reads as it is written");
  require(number::last_in(written).value == read, "and stands for itself");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto style : {decimal_sign::point, decimal_sign::comma}) {
    check(number::parse(text, style));
    const auto last = number::last_in(text, style);
    require(last.found || !last.value, "a number is found where there is one");
    check(last.value);
  }
  const auto boxed = engine::last_boxed(text);
  if (boxed && !boxed->empty()) {
    const std::size_t at = static_cast<std::size_t>(boxed->data() - text.data());
    require(at >= 6 && at + boxed->size() < text.size(), "a box is in its text");
    require(text[at + boxed->size()] == '}', "a box ends with a brace");
  }
  return 0;
}
