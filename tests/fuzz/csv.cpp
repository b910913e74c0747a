// CSV: the records are the same wherever the bytes are cut, and hang together.
#include "io/dataset/csv_splitter.hpp"
#include "tests/fuzz/fuzz_input.hpp"

using namespace retort;
using namespace retort::fuzz;

namespace {

constexpr std::size_t max_record = 1000;

void add(const io::csv_record& record, std::string& shown) {
  std::size_t last = 0;
  for (const std::uint32_t end : record.ends) {
    require(end >= last && end < record.text.size() + 1, "the fields are in order in the text");
    last = end + 1;
  }
  require(record.text.size() <= max_record, "no record is longer than allowed");
  shown += std::to_string(record.line) + ":" + std::to_string(static_cast<int>(record.fault)) + ":";
  if (record.fault != io::csv_fault::none) {
    shown += std::to_string(record.faulty_field);
  } else {
    for (std::size_t i = 0; i < record.size(); ++i) shown.append(record.field(i)).append("\1");
  }
  shown += "\2";
}

std::string read(const std::vector<std::string>& stream) {
  io::csv_splitter splitter(max_record);
  std::string shown;
  for (const std::string& piece : stream) {
    std::string_view rest = piece;
    while (splitter.feed(rest)) add(splitter.record(), shown);
    require(rest.empty(), "all bytes are taken when there is no record");
  }
  if (splitter.finish()) add(splitter.record(), shown);
  return shown;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz_input input(data, size);
  const std::string whole = read({std::string(input.text)});
  require(read(pieces(input.text, input.recipe)) == whole, "a cut changes no record");
  return 0;
}
