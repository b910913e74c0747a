// Numbers in prose: what is read can be written and read again, and lies where it was found.
#include "engine/number.hpp"

#include "tests/fuzz/fuzz_input.hpp"

using namespace retort;
using namespace retort::fuzz;
using engine::number;

namespace {

void check(const std::optional<number>& read) {
  if (!read) return;
  const std::string written = read->to_string();
  if (written.size() > 400) return;  // more digits than are read
  require(number::parse(written, engine::units::refused) == read,
          "a number reads as it is written");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto bare = number::parse(text, engine::units::refused);
  const auto any = number::parse(text);
  check(bare);
  check(any);
  check(number::last_in(text));
  if (bare) require(any == bare, "where no words are, none are dropped");
  const auto boxed = engine::last_boxed(text);
  if (boxed && !boxed->empty()) {
    const std::size_t at = static_cast<std::size_t>(boxed->data() - text.data());
    require(at >= 7 && at + boxed->size() < text.size(), "a box is in its text");
    require(text[at + boxed->size()] == '}', "a box ends with a brace");
  }
  return 0;
}
