#include "engine/prompt/step_prompts.hpp"

#include <utility>

namespace retort::engine {

result<step_prompts> step_prompts::make(const config& run) {
  step_prompts made;
  for (std::uint32_t step = 0; step <= last_step(run); ++step) {
    auto one = prompts::make(run, step);
    if (!one) return one.error();
    made.all_.push_back(std::move(*one));
  }
  return made;
}

result<void> step_prompts::render_first(simdjson::dom::element record, sample& into) const {
  auto rendered = all_.front().render(record, into);
  return rendered ? try_later(record, into.key.ordinal) : rendered;
}

result<void> step_prompts::try_later(simdjson::dom::element record, std::uint64_t ordinal) const {
  for (std::uint32_t step = 1; step < count(); ++step) {
    for (std::uint32_t i = 0; i < all_[step].combinations(); ++i) {
      sample tried;
      tried.key = {ordinal, i, 0, step, 0};
      auto rendered = all_[step].render_without_steps(record, tried);
      if (!rendered) return rendered;
    }
  }
  return {};
}

}  // namespace retort::engine
