#include "engine/formats/format_columns.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace retort::engine {
namespace {

using io::column_type;
using io::parquet_column;
using column_list = std::vector<parquet_column>;

parquet_column a_text(std::string name) { return {std::move(name), column_type::text}; }
parquet_column a_whole(std::string name) { return {std::move(name), column_type::whole}; }
parquet_column a_real(std::string name) { return {std::move(name), column_type::real}; }
parquet_column a_record(std::string name, column_list inside) {
  return {std::move(name), column_type::record, std::move(inside)};
}
parquet_column a_list(std::string name, parquet_column element) {
  return {std::move(name), column_type::list, {std::move(element)}};
}

bool offers_tools(const config& asked) {
  if (asked.dataset.is_batch_input) return true;  // a row may
  const auto variants = asked.models.size() * combinations_of(asked);
  for (std::uint32_t n = 0; n < variants; ++n) {
    if (!sampling_of(asked, n).tools.empty()) return true;
  }
  return false;
}

// What an output is made of, as far as its columns go.
struct table_shape {
  bool has_calls, has_tools;
  bool has_text_prompt, has_own_turns;
  std::string reasoning;  // the member's name; "" where there is none
};

table_shape shape_of(const config& asked, const output_config& of) {
  using enum reasoning_place;
  const bool has_field = of.reasoning == keep || of.reasoning == field;
  return {may_call(asked), offers_tools(asked), asked.prompt.user.has_value(),
          asked.prompt.messages_field.has_value(), has_field ? of.reasoning_field : std::string()};
}

parquet_column the_calls() {
  return a_list("tool_calls",
                a_record("", {a_text("id"), a_text("type"),
                              a_record("function", {a_text("name"), a_text("arguments")})}));
}

// engine/formats/message_list.hpp
enum class said { as_sent, in_prompt, as_answer, in_conversation };

parquet_column a_message(std::string name, const table_shape& of, said how) {
  const bool may_think = how != said::as_sent && (of.has_own_turns || how != said::in_prompt);
  column_list members = {a_text("role"), a_text("content")};
  if (of.has_calls) members.insert(members.end(), {a_text("name"), a_text("tool_call_id")});
  if (may_think && !of.reasoning.empty()) members.push_back(a_text(of.reasoning));
  if (of.has_own_turns && how == said::in_conversation) members.push_back(a_whole("weight"));
  if (of.has_calls) members.push_back(the_calls());
  return a_record(std::move(name), std::move(members));
}
parquet_column message_list(std::string name, const table_shape& of, said how) {
  return a_list(std::move(name), a_message("", of, how));
}
parquet_column prompt_list(std::string name, const table_shape& of) {
  return message_list(std::move(name), of, said::in_prompt);
}
parquet_column answer_list(std::string name, const table_shape& of) {
  return message_list(std::move(name), of, said::as_answer);
}

column_list with_tools(column_list all, const table_shape& of) {
  if (of.has_tools) all.push_back(a_text("tools"));
  return all;
}

column_list of_prompt_completion(const table_shape& of) {
  column_list all = {
      of.has_text_prompt ? a_text("prompt") : message_list("prompt", of, said::as_sent),
      a_text("completion")};
  if (!of.reasoning.empty()) all.push_back(a_text(of.reasoning));
  if (of.has_calls) all.push_back(the_calls());
  return all;
}
column_list of_prompt_completion_messages(const table_shape& of) {
  return with_tools({prompt_list("prompt", of), answer_list("completion", of)}, of);
}
column_list of_messages(const table_shape& of) {
  return with_tools({message_list("messages", of, said::in_conversation)}, of);
}
column_list of_text(const table_shape&) { return {a_text("text")}; }
column_list of_prompt_only(const table_shape& of) {
  return with_tools({prompt_list("prompt", of)}, of);
}
column_list of_unpaired(const table_shape& of) {
  column_list all = of_prompt_completion_messages(of);
  all.push_back({"label", column_type::truth});
  return all;
}
column_list of_preference(const table_shape& of) {
  return with_tools(
      {prompt_list("prompt", of), answer_list("chosen", of), answer_list("rejected", of)}, of);
}
column_list of_openai_preference(const table_shape& of) {
  column_list input = with_tools({prompt_list("messages", of)}, of);
  if (of.has_tools) input.push_back({"parallel_tool_calls", column_type::truth});
  return {a_record("input", std::move(input)), answer_list("preferred_output", of),
          answer_list("non_preferred_output", of)};
}
column_list of_sharegpt(const table_shape&) {
  return {a_list("conversations", a_record("", {a_text("from"), a_text("value")})),
          a_text("system"), a_text("tools")};
}
column_list of_alpaca(const table_shape&) {
  return {a_text("instruction"), a_text("input"), a_text("output"), a_text("system"),
          a_list("history", a_list("", a_text("")))};
}

parquet_column gemini_message(std::string name, const table_shape& of) {
  column_list part = {a_text("text")};
  if (of.has_calls) {
    part.push_back(a_record("functionCall", {a_text("name"), a_text("args")}));
    part.push_back(a_record("functionResponse", {a_text("name"), a_text("response")}));
  }
  return a_record(std::move(name),
                  {a_text("role"), a_list("parts", a_record("", std::move(part)))});
}
parquet_column gemini_words(std::string name) { return gemini_message(std::move(name), {}); }
column_list of_gemini(const table_shape& of) {
  return with_tools({gemini_words("systemInstruction"), a_list("contents", gemini_message("", of))},
                    of);
}
column_list of_gemini_preference(const table_shape&) {
  return {gemini_words("system_instruction"), a_list("contents", gemini_words("")),
          a_list("completions", a_record("", {a_whole("score"), gemini_words("completion")}))};
}

column_list of_openai_batch(const table_shape& of) {
  const auto choice = a_record(
      "", {a_whole("index"), a_message("message", of, said::as_answer), a_text("finish_reason")});
  const auto usage = a_record(
      "usage", {a_whole("prompt_tokens"), a_whole("completion_tokens"), a_whole("total_tokens")});
  const auto body = a_record("body", {a_text("id"), a_text("object"), a_whole("created"),
                                      a_text("model"), a_list("choices", choice), usage});
  return {a_text("id"), a_text("custom_id"),
          a_record("response", {a_whole("status_code"), a_text("request_id"), body}),
          a_text("error")};
}
column_list of_verl(const table_shape& of) {
  return {a_text("data_source"), prompt_list("prompt", of), a_text("ability"),
          a_record("reward_model", {a_text("style"), a_text("ground_truth")}),
          a_record("extra_info", {a_text("split"), a_whole("index")})};
}
column_list of_reward(const table_shape& of) {
  column_list all = of_prompt_only(of);
  all.insert(all.end(), {a_real("pass_rate"), a_whole("accepted"), a_whole("samples"),
                         a_list("scores", a_real(""))});
  return all;
}

struct columned_format {
  std::string_view name;
  column_list (*columns_of)(const table_shape& of);
};

constexpr columned_format formats_with_columns[] = {
    {"prompt_completion", of_prompt_completion},
    {"prompt_completion_messages", of_prompt_completion_messages},
    {"messages", of_messages},
    {"text", of_text},
    {"prompt_only", of_prompt_only},
    {"unpaired", of_unpaired},
    {"preference", of_preference},
    {"openai_preference", of_openai_preference},
    {"gemini", of_gemini},
    {"gemini_preference", of_gemini_preference},
    {"sharegpt", of_sharegpt},
    {"alpaca", of_alpaca},
    {"openai_batch", of_openai_batch},
    {"verl", of_verl},
    {"reward", of_reward},
};

}  // namespace

bool may_call(const config& asked) {
  const auto is_more_than_words = [](const providers::message& one) {
    return one.role == "tool" || !one.name.empty() || !one.tool_calls.empty();
  };
  return asked.prompt.messages_field || offers_tools(asked) ||
         std::ranges::any_of(asked.prompt.messages, is_more_than_words);
}

std::vector<parquet_column> columns_of_format(const config& asked, const output_config& of) {
  const auto found = std::ranges::find(formats_with_columns, of.format, &columned_format::name);
  if (found == std::end(formats_with_columns)) return {};
  return found->columns_of(shape_of(asked, of));
}

}  // namespace retort::engine
