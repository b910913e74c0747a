#include "engine/prompt/body_sampling.hpp"

#include <fmt/format.h>

#include <string_view>

#include "engine/prompt/record_json.hpp"
#include "engine/quota/request_bound.hpp"
#include "engine/text/shown_text.hpp"
#include "providers/body/chat_sampling.hpp"
#include "providers/dialects/registry.hpp"

namespace retort::engine {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::string_view below_sampling = "sampling.";

error wrong_row(std::string_view what) { return {errc::dataset, std::string(what)}; }

// Other APIs of OpenAI's have batches too, with bodies of other forms.
result<void> check_url(element record) {
  std::string_view url;
  if (record["url"].get(url) || url.ends_with("/chat/completions")) return {};
  return wrong_row(fmt::format("url is {}; expected /v1/chat/completions", shown(url)));
}

// Values that JSON cannot hold stand in the record as marks.
result<void> check_values(object body) {
  for (const auto& [name, value] : body) {
    if (name == "messages") continue;
    if (const auto odd = odd_within(value)) {
      const std::string_view verb = odd_value(value) ? "is" : "holds";
      return wrong_row(fmt::format("body.{} {} {}", shown(name), verb, *odd));
    }
  }
  return {};
}

// The embedded mock passes over what it does not know.
result<void> check_sampling(const model_config& by, const providers::sampling& asked) {
  const auto* const dialect = providers::find_dialect(by.provider);
  auto checked = dialect ? dialect->check(by.model, asked) : result<void>();
  if (checked) return {};
  return wrong_row("with what body says, " + checked.error().message);
}

}  // namespace

body_sampling::body_sampling(const config& asked) : models_(asked.models) {
  for (std::uint32_t i = 0; i < combinations_of(asked); ++i) {
    sampling_.push_back(sampling_of(asked, i));
  }
  for (const varied_key& one : asked.vary) {
    if (one.path.starts_with(below_sampling))
      fixed_.push_back(one.path.substr(below_sampling.size()));
  }
}

result<void> body_sampling::take(element record, sample& into) const {
  if (auto meant = check_url(record); !meant) return meant;
  object body;
  if (record["body"].get(body)) return wrong_row("body is no object in this record");
  if (auto sound = check_values(body); !sound) return sound;
  const std::size_t variant = into.key.variant;
  const model_config& by = models_[variant / sampling_.size() % models_.size()];
  auto own = std::make_shared<own_sampling>();
  own->whole = sampling_[variant % sampling_.size()];
  const auto* const dialect = providers::find_dialect(api_of(by));
  const auto to = dialect ? dialect->takes() : providers::body_taker::other;
  auto taken = providers::take_chat_sampling(body, to, fixed_, own->whole, own->said);
  if (!taken) return wrong_row("body." + taken.error().message);
  if (own->said == "{}") return {};  // all as the variant has it
  if (auto checked = check_sampling(by, own->whole); !checked) return checked;
  own->most_output = most_output(own->whole);
  into.own = std::move(own);
  return {};
}

}  // namespace retort::engine
