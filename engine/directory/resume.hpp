// Resuming is a scan: read the ledger, note what is settled, and make sure that the dataset is
// still the one those samples were made from. `stop`, raised, ends each of these with
// errc::cancelled. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/evaluate/reviewer.hpp"
#include "engine/plan/way_plan.hpp"
#include "engine/sample/done_set.hpp"
#include "engine/sample/line_counts.hpp"
#include "io/base/error.hpp"
#include "io/base/interrupt.hpp"
#include "io/dataset/dataset.hpp"
#include "io/ledger/ledger_reader.hpp"

namespace retort::engine {

// Where the line of a sample stands that has its answer: 32 bytes for each.
struct kept_answer {
  sample_key key;
  std::uint64_t offset = 0;  // of its line in the ledger
};

// No dataset has so many records: what is beyond it in a key is no position.
inline constexpr std::uint64_t max_ordinal = std::uint64_t{1} << 48;

// The row that a sample without a verdict was asked of: it has its answer in the ledger, or its
// request is away in a batch.
struct claimed_row {
  std::uint64_t ordinal = 0;
  std::uint64_t row_hash = 0;
  bool is_away = false;
};

struct ledger_state {
  explicit ledger_state(const way_plan& plan) : done(plan.layout()) {}

  done_set done;
  line_counts lines;  // by slot_layout::branch_of()
  // Without a verdict, in the order of their keys, a later line behind an earlier.
  std::vector<kept_answer> answers;
  // The same of accepted ones that other steps go on from, of records that are not done.
  std::vector<kept_answer> handed_on;
  std::uint64_t accepted = 0;  // as their lines say; count_again() says it for another config
  std::uint64_t rejected = 0;
  std::uint64_t left_out = 0;  // settled samples whose rows cannot be rendered any more
  std::uint64_t stale = 0;     // answers that were judged, or rendered, otherwise than now
  std::uint64_t rendered_otherwise = 0;  // of these; their lines say so
  std::uint64_t rendered_somehow = 0;    // the same of lines that do not say how (up to f257902)
  std::uint64_t rows_needed = 0;         // the dataset must have at least so many rows
  // The sum, modulo 2^64, of the row hashes of all settled samples, each times 2 * ordinal + 1:
  // whatever the order in which they finished, the same rows in the same places give the same sum.
  std::uint64_t row_hashes = 0;
  // Of these the dataset is held against one by one: 24 bytes for each. By ordinal.
  std::vector<claimed_row> claimed;
  std::uint64_t damaged = 0;  // lines whose seal is broken; their samples are made again
  std::uint64_t first_damaged = 0;
};

// The hash of a record's text that ledger lines carry.
std::uint64_t hash_row(std::string_view text);

// A scan of lines as they come by. The plan and `assess`, which tells what is stale, outlive it.
class ledger_survey {
 public:
  explicit ledger_survey(const way_plan& plan, const assessor* assess = nullptr)
      : layout_(plan.layout()), assess_(assess), state_(plan) {}

  // As scan()'s errors, without the ledger's name. Lines come in the ledger's order.
  result<void> note(const io::ledger_line& line);
  const ledger_state& so_far() const { return state_; }
  // Of lines whose seal is broken, and the first of them.
  ledger_state finish(std::uint64_t damaged, std::uint64_t first_damaged);

 private:
  static constexpr std::size_t least_answers = 4096;

  const slot_layout& layout_;
  const assessor* assess_;
  ledger_state state_;
  std::size_t most_answers_ = least_answers;  // that are kept before those settled are left out
};

// What is away takes part in the check of the dataset, as what is in the ledger does.
void add_claims(std::vector<claimed_row> more, ledger_state& state);

// errc::mismatch names the first line that this version or this
// config does not know: a verdict, a reason, a variant, a generation beyond samples.n.
result<ledger_state> scan(const std::string& ledger, const way_plan& plan,
                          const assessor* assess = nullptr, const io::interrupt* stop = nullptr);

// Fills state.handed_on, once it says what is done: another pass over a ledger of several steps.
result<void> find_handed_on(const std::string& ledger, const way_plan& plan, ledger_state& state,
                            const io::interrupt* stop = nullptr);

// Called for each row that has a settled sample, or one without a verdict. An error is returned
// when the dataset is found to be the ledger's, for else it would only be a consequence.
using settled_row = std::function<result<void>(const io::row&, const io::dataset_reader&)>;

// Reads the dataset as far as the ledger and what is away reach. errc::mismatch names the first
// record that is not the one they hold. Rows appended behind are welcome.
result<void> verify_dataset(const config& run, const ledger_state& state, const std::string& ledger,
                            const settled_row& each = {},
                            std::shared_ptr<io::interrupt> stop = nullptr);

// The ledger's place of the answer that a sample was given and that is not judged yet.
std::optional<std::uint64_t> answer_to(const ledger_state& state, const sample_key& key);
// And of one that is handed on.
std::optional<std::uint64_t> handed_on_by(const ledger_state& state, const sample_key& key);

// Counts anew what scan() took from the lines, by the judgement that the views go by as well.
// `in_turn` has seen all that was accepted then.
result<void> count_again(const std::string& ledger, const reviewer& review, ledger_state& state,
                         const io::interrupt* stop = nullptr, succession* in_turn = nullptr);

// That a sample without a verdict was asked of the record of this place.
bool is_claimed(const ledger_state& state, std::uint64_t ordinal);

// Who says that the record of this place was another; null: nobody does.
const claimed_row* claimed_otherwise(const ledger_state& state, std::uint64_t ordinal,
                                     std::uint64_t row_hash);

// What is said of a dataset that is not the ledger's. `is_away`: that a batch beside it tells so.
error dataset_changed(const io::row& first, const io::dataset_reader& reader,
                      const std::string& ledger, bool is_away = false);
error dataset_too_short(std::uint64_t rows, const ledger_state& state, const std::string& ledger);

}  // namespace retort::engine
