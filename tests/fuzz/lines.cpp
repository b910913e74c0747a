// Lines: the same however much is read at once, and together what was read.
#include "io/dataset/line_splitter.hpp"
#include "tests/fuzz/fuzz_input.hpp"
#include "tests/support/memory_source.hpp"

using namespace retort;
using namespace retort::fuzz;

namespace {

constexpr std::size_t max_line = 100;

std::string read(std::string_view text, std::size_t piece, std::size_t block) {
  io::line_splitter splitter(test::from_memory(text, piece), max_line, block);
  std::string shown;
  std::uint64_t number = 0;
  while (true) {
    const auto line = splitter.next();
    require(line.has_value(), "memory is always readable");
    if (!*line) return shown;
    require((*line)->number == ++number, "lines are counted from 1");
    require((*line)->text.size() <= max_line, "no line is longer than allowed");
    require((*line)->text.find('\n') == std::string_view::npos, "no line holds a newline");
    if ((*line)->too_long) shown += "(too long)";
    shown.append((*line)->text).append("\n");
  }
}

std::size_t size_in(std::string_view recipe, std::size_t at) {
  return at < recipe.size() ? static_cast<unsigned char>(recipe[at]) % 150 + 1 : 1;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz_input input(data, size);
  const std::string whole = read(input.text, std::string::npos, io::read_block_bytes);
  const std::string pieced = read(input.text, size_in(input.recipe, 0), size_in(input.recipe, 1));
  require(pieced == whole, "how much is read at once changes no line");
  return 0;
}
