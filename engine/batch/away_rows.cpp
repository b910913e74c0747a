#include "engine/batch/away_rows.hpp"

#include <fmt/format.h>

namespace retort::engine {
namespace {

// Beyond n it would stand for a sample of the next record.
result<void> check(const batch_file& in, const batch_row& row, std::uint32_t n) {
  if (row.ordinal >= max_ordinal) {
    return error{errc::mismatch,
                 in.path() + " holds a request of a record that no dataset can have"};
  }
  if (row.k < n) return {};
  return error{
      errc::mismatch,
      fmt::format("{} holds a request of sample {} of a record, and samples.n is {}: give at "
                  "least the n that it was sent with",
                  in.path(), std::uint64_t{row.k} + 1, n)};
}

}  // namespace

result<std::vector<claimed_row>> rows_away(const std::vector<batch_file>& batches,
                                           const way_plan& plan, const io::interrupt* stop) {
  const std::uint32_t n = plan.layout().n(0);
  std::vector<claimed_row> out;
  for (const batch_file& one : batches) {
    for (std::size_t i = 0; i < one.size(); ++i) {
      if (stop && stop->is_raised()) return error{errc::cancelled, "stopped"};
      const auto row = one.row(i);
      if (!row) return row.error();
      if (auto fits = check(one, *row, n); !fits) return fits.error();
      out.push_back({row->ordinal, hash_row(row->text), true});
    }
  }
  return out;
}

}  // namespace retort::engine
