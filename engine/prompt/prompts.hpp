// From a record to what is asked of the model: its id, messages and reference, by the config's
// templates. Immutable after making; any thread.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/prompt/body_sampling.hpp"
#include "engine/prompt/examples.hpp"
#include "engine/prompt/prompt_template.hpp"
#include "engine/sample/sample.hpp"
#include "engine/text/pattern.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

class prompts {
 public:
  // Those of a step, else of the last. errc::usage when a template is wrong, naming its key.
  static result<prompts> make(const config& run, std::uint32_t step);
  static result<prompts> make(const config& run) { return make(run, last_step(run)); }

  // Fills the sample's id, columns, messages, reference and, where rows bring some, its own
  // sampling, as its key's variant has them.
  // errc::dataset says which field is at fault.
  result<void> render(simdjson::dom::element record, sample& into) const;
  // The same behind other steps: `answers` is their steps_context().
  result<void> render(simdjson::dom::element record, simdjson::dom::element answers,
                      sample& into) const;
  // Its messages alone.
  result<void> render_messages(simdjson::dom::element record, sample& into) const;
  // Of what varies; at least one.
  std::uint32_t combinations() const { return static_cast<std::uint32_t>(messages_.size()); }
  // The paths of the answers that a variant's prompt mentions, as often as it does.
  std::vector<std::string_view> answers_in(std::uint32_t variant) const;
  // The paths of the record's that its templates' outermost sections are shown by.
  std::vector<std::string_view> sections() const;
  // As far as the record goes, before there are answers.
  result<void> render_without_steps(simdjson::dom::element record, sample& into) const;

 private:
  struct templated_message {
    std::string role;
    prompt_template content;
  };

  using messages = std::vector<templated_message>;
  // Where a template's names are found.
  struct source {
    simdjson::dom::element record;
    const simdjson::dom::element* answers = nullptr;
    bool without_steps = false;
    std::optional<simdjson::dom::element> drawn = {};  // examples
    result<void> fill(const prompt_template& text, std::string& out, text_span* longest) const;
  };
  static result<messages> parse(const prompt_config& prompt);
  static bool shows_examples(const messages& of);
  static bool must_draw(const std::vector<messages>& own, const config& run, std::uint32_t step);
  result<void> take_pool(const few_shot_config& from);
  static result<void> check_names(const messages& all, const config& run, std::uint32_t step);
  result<void> render_from(const source& from, sample& into) const;
  result<void> take_id(simdjson::dom::element record, sample& into) const;
  result<void> take_columns(simdjson::dom::element record, sample& into) const;
  result<void> take_messages(source from, sample& into) const;
  static void note_longest(std::size_t message, text_span field, sample& into);
  result<void> take_own_messages(simdjson::dom::element record, sample& into) const;

  std::optional<std::string> id_;
  std::vector<std::string> columns_;  // fields that outputs carry along
  // By combination of what varies, at least one.
  std::vector<messages> messages_;
  std::optional<std::string> messages_field_;
  std::optional<body_sampling> own_sampling_;  // of the rows, where they have some
  std::optional<examples> examples_;
  std::optional<prompt_template> reference_;
  std::optional<pattern> reference_pattern_;
  bool notes_longest_ = false;  // on_overflow: shorten
  bool empty_is_none_ = false;  // of references: the majority of the answers stands for it
};

}  // namespace retort::engine
