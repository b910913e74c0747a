// From a record to what is asked of the model: its id, messages and reference, by the config's
// templates. Immutable after making; any thread.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/prompt/examples.hpp"
#include "engine/prompt/prompt_template.hpp"
#include "engine/sample/sample.hpp"
#include "engine/text/pattern.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

class prompts {
 public:
  // errc::usage when a template is wrong, naming its key.
  static result<prompts> make(const config& run);

  // Fills the sample's id, messages and reference, as its key's variant has them. errc::dataset
  // says which field is at fault.
  result<void> render(simdjson::dom::element record, sample& into) const;

 private:
  struct templated_message {
    std::string role;
    prompt_template content;
  };

  using messages = std::vector<templated_message>;
  static result<messages> parse(const prompt_config& prompt);
  result<void> take_pool(const few_shot_config& from);
  result<void> take_id(simdjson::dom::element record, sample& into) const;
  result<void> take_messages(simdjson::dom::element record, sample& into) const;
  result<void> take_own_messages(simdjson::dom::element record, sample& into) const;

  std::optional<std::string> id_;
  // By combination of what varies, at least one.
  std::vector<messages> messages_;
  std::optional<std::string> messages_field_;
  std::optional<examples> examples_;
  std::optional<prompt_template> reference_;
  std::optional<pattern> reference_pattern_;
  bool empty_is_none_ = false;  // of references: the majority of the answers stands for it
};

}  // namespace retort::engine
