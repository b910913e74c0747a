#include "engine/look/sample_walk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "engine/sample/line_reader.hpp"
#include "io/ledger/ledger_reader.hpp"

namespace retort::engine {

standing sample_walk::note(const sample& line) {
  const sample_key& key = line.key;
  state& of = cells_[{key.step, key.variant, key.from, key.k}];
  if (of.settled.contains(key.ordinal)) return standing::repeated;
  if (line.is_open()) {
    of.open.add(key.ordinal);
    return standing::open;
  }
  of.settled.add(key.ordinal);
  of.open.remove(key.ordinal);
  return standing::settled;
}

bool sample_walk::is_settled(const sample_key& key) const {
  const auto found = cells_.find({key.step, key.variant, key.from, key.k});
  return found != cells_.end() && found->second.settled.contains(key.ordinal);
}

std::uint64_t sample_walk::left_open(std::uint32_t step, std::uint32_t variant) const {
  std::uint64_t sum = 0;
  for (auto at = cells_.lower_bound({step, variant, 0, 0}); at != cells_.end(); ++at) {
    const auto& [of_step, of_variant, from, k] = at->first;
    if (of_step != step || of_variant != variant) break;
    sum += at->second.open.cardinality();
  }
  return sum;
}

std::uint64_t sample_walk::left_open() const {
  std::uint64_t sum = 0;
  for (const auto& [key, of] : cells_) sum += of.open.cardinality();
  return sum;
}

std::uint32_t sample_walk::last_step(std::uint32_t known) const {
  return cells_.empty() ? known : std::max(known, std::get<0>(cells_.rbegin()->first));
}

result<walk_end> walk_samples(const std::string& ledger, sample_walk& state,
                              const sample_visitor& visit) {
  walk_end end;
  std::error_code ec;
  end.bytes = std::filesystem::file_size(ledger, ec);
  auto reader = io::ledger_reader::open(ledger);
  if (!reader) return reader.error();
  sample one;
  for (;;) {
    auto line = reader->next(end.bytes);
    if (!line) return line.error();
    if (!*line) break;
    auto read = read_ledger_line((*line)->text, one);
    if (!read) {
      return error{read.error().code,
                   fmt::format("{}: line {} {}", ledger, (*line)->line, read.error().message)};
    }
    ++end.lines;
    visit(one, state.note(one), (*line)->offset);
  }
  end.damaged = reader->damaged();
  return end;
}

}  // namespace retort::engine
