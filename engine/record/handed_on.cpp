#include "engine/record/handed_on.hpp"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/directory/resume.hpp"
#include "engine/prompt/step_answers.hpp"
#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

using named_fields = std::pair<std::string_view, std::string_view>;

handed_answer made_of(const shared_run& run, const sample& done) {
  handed_answer out;
  out.slot = run.plan.layout().slot_of(done.key);
  out.fields = answer_fields(done.completion);
  out.score = run.assess_of(done.key.step).deciding_score(done).value_or(-1);
  out.length = count_code_points(done.completion.text);
  return out;
}

const handed_answer* find(const record& of, std::uint32_t slot) {
  const auto found = std::ranges::find(of.answers, slot, &handed_answer::slot);
  return found == of.answers.end() ? nullptr : &*found;
}

// Which is this process's, or an earlier one's. They may move when the next one is found.
result<void> find_or_read(shared_run& run, record& of, std::uint32_t slot) {
  if (find(of, slot)) return {};
  if (!run.kept) return error{errc::mismatch, "an answer of an earlier step is gone"};
  sample_key key = run.plan.layout().key_of(slot);
  key.ordinal = of.row.ordinal;
  sample there;
  auto read = run.kept->read_handed_on(key, hash_row(of.row.text), there);
  if (read) of.answers.push_back(made_of(run, there));
  return read;
}

// By slot, the first step's first.
std::vector<std::uint32_t> slots_before(const slot_layout& layout, const sample_key& key) {
  std::vector<std::uint32_t> out;
  out.reserve(key.step);
  for (sample_key at = key; at.step > 0;) {
    at = layout.key_at(at.step - 1, at.from);
    out.push_back(layout.slot_of(at));
  }
  std::ranges::reverse(out);
  return out;
}

}  // namespace

void hand_on(shared_run& run, record& of, const sample& done) {
  if (done.key.step == run.plan.layout().last() || done.verdict() != verdict::accepted) return;
  of.answers.push_back(made_of(run, done));
}

result<std::string> answers_before(shared_run& run, record& of, const sample_key& key) {
  const auto slots = slots_before(run.plan.layout(), key);
  for (const std::uint32_t slot : slots) {
    if (auto there = find_or_read(run, of, slot); !there) return there.error();
  }
  std::vector<named_fields> named;
  named.reserve(slots.size());
  for (std::uint32_t step = 0; step < slots.size(); ++step) {
    named.emplace_back(step_of(run.settings, step).step, find(of, slots[step])->fields);
  }
  return steps_context(named);
}

result<void> choose_one(shared_run& run, record& of, std::uint32_t first) {
  std::vector<std::uint32_t> slots;
  for (std::uint32_t slot = first; slot < first + run.plan.width_at(first); ++slot) {
    if (of.history[slot] != slot_state::accepted) continue;
    if (auto there = find_or_read(run, of, slot); !there) return there;
    slots.push_back(slot);
  }
  const auto rank = [&](std::uint32_t slot) {
    const handed_answer* const one = find(of, slot);
    return std::tuple(-one->score, one->length, slot);
  };
  const std::uint32_t best = *std::ranges::min_element(slots, {}, rank);
  for (const std::uint32_t slot : slots) {
    if (slot != best) of.history[slot] = slot_state::passed_over;
  }
  return {};
}

}  // namespace retort::engine
