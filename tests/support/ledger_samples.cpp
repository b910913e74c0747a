#include "tests/support/ledger_samples.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "engine/sample/line_reader.hpp"
#include "io/ledger/ledger_log.hpp"

namespace retort::test {

ledger_content read_ledger(const std::string& path) {
  ledger_content content;
  const auto scanned = io::scan_ledger(path, [&](const io::ledger_line& line) {
    engine::read_ledger_line(line.text, content.samples.emplace_back()).value();
    return true;
  });
  content.damaged = scanned.value().damaged;
  return content;
}

std::map<record_and_variant, engine::sample> finished_samples(const std::string& path) {
  std::map<record_and_variant, engine::sample> finished;
  const ledger_content content = read_ledger(path);
  if (content.damaged) throw std::runtime_error(path + ": damaged lines");
  for (const engine::sample& one : content.samples) {
    if (one.is_open()) continue;
    const record_and_variant key{one.key.ordinal, one.key.variant};
    if (finished.emplace(key, one).second) continue;
    throw std::runtime_error(fmt::format("{}: record {} finished twice", path, key.first));
  }
  return finished;
}

}  // namespace retort::test
