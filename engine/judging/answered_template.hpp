// A template of a record and of what it was answered: the record's fields, and before them
// {{completion}} and {{reference}}, or what else is named so. One thread, for its parsers.
#pragma once

#include <simdjson.h>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "engine/config/config.hpp"
#include "engine/prompt/prompt_template.hpp"
#include "io/base/error.hpp"
#include "providers/body/json_parser.hpp"

namespace retort::engine {

using named_text = std::pair<std::string_view, std::string_view>;

class answered_template {
 public:
  // errc::usage with "line:column: ..." inside the template, or for a name of the run's steps.
  static result<answered_template> parse(std::string_view text, const config& run);

  // In one pass: what is filled in is no template. errc::dataset as prompt_template::render.
  result<std::string> render(std::string_view row, std::string_view completion,
                             const std::optional<std::string>& reference) const;
  // The same with these before the record's fields.
  result<std::string> render(std::string_view row, std::span<const named_text> named) const;

 private:
  struct scratch {
    providers::json_parser record, answer;
  };
  explicit answered_template(prompt_template text)
      : text_(std::move(text)), scratch_(std::make_unique<scratch>()) {}

  prompt_template text_;
  std::unique_ptr<scratch> scratch_;
};

}  // namespace retort::engine
