// The way of a record: carry() takes it down the whole line. Read record.cpp first: it is the
// program. One thread: the engine's.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/generate/question.hpp"
#include "engine/record/shared_run.hpp"
#include "engine/sample/record_history.hpp"
#include "engine/sample/sample.hpp"
#include "io/base/awaitable.hpp"

namespace retort::engine {

// What an accepted answer is to the steps behind it.
struct handed_answer {
  std::uint32_t slot = 0;
  std::string fields;  // answer_fields()
  double score = 0;    // of the first evaluator that decides; below 0: unscored
  std::uint64_t length = 0;
};

// A row on its way: those who carry its samples share it.
struct record {
  record(fed_row row_, record_history history_)
      : row(std::move(row_)), history(std::move(history_)), lasting(history) {}

  fed_row row;
  record_history history;
  record_history lasting;  // the same as a resume would find it: what may pass is open
  std::string text;        // the row's, once its batch was let go although more may be asked
  bool is_bad = false;     // it is no prompt
  std::vector<handed_answer> answers;  // of its steps but the last
};

// The samples of a record that its plan asks for, one after the other, each from its prompt to its
// ledger line; where the plan asks for several at once, others are carried beside.
io::awaitable<> carry(shared_run* run, std::shared_ptr<record> of);

// dataset -> prompt; batches begin with it too.
result<void> render(shared_run& run, const fed_row& row, const sample_key& key, sample& asked);
result<void> render_row(shared_run& run, const io::row& row, sample& into);  // nobody asks again
question question_of(const shared_run& run, const sample& asked);

// It is no prompt, and is asked nothing more: counted and named once, or the run ends.
void reject(shared_run& run, record& of, const error& why);

}  // namespace retort::engine
