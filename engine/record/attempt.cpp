#include "engine/record/attempt.hpp"

#include <fmt/format.h>

#include "engine/endpoint/request_bound.hpp"

namespace retort::engine {
namespace {

using providers::failure;
using providers::failure_kind;
using std::chrono::steady_clock;

// Into run.text.
void append_body(shared_run& run, const endpoint& to, const sample& asked) {
  run.text.clear();
  to.dialect->append_body(
      {to.model->model, asked.messages, run.settings.sampling, delivery_of(*to.model)}, run.text);
}

std::int64_t microseconds(steady_clock::duration time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
}

// Who answers with a 4xx lives.
gate::ending ending_of(const failure& why, bool is_proven) {
  switch (why.kind) {
    case failure_kind::rate_limited: return gate::ending::rate_limited;
    case failure_kind::overloaded:
      return is_proven || why.status != 503 ? gate::ending::overloaded : gate::ending::broken;
    case failure_kind::server_error:
    case failure_kind::timeout:
    case failure_kind::network:
      return why.status >= 400 && why.status < 500 ? gate::ending::other : gate::ending::broken;
    default: return gate::ending::other;
  }
}

// A request of which a byte went out, and that got no error for an answer, may have been billed.
bool may_be_billed(const result<io::http_response>& response) {
  return response ? response->is_success() : !response.error().unsent;
}

}  // namespace

std::size_t prompt_bytes(const shared_run& run, const sample& asked) {
  std::size_t sum = read_besides(run.settings.sampling);
  for (const auto& one : asked.messages) sum += one.content.size();
  return sum;
}

std::size_t most_input_of(shared_run& run, const sample& asked) {
  admission& gate = *run.gates[asked.key.variant];
  if (!gate.has_budget()) return 0;
  append_body(run, *gate.endpoints().front(), asked);
  return most_input(run.text.size(), run.settings.sampling);
}

attempt::attempt(shared_run& run, const permit& place, sample& of) : to_(&place.at()), of_(&of) {
  append_body(run, *to_, of);
  request_ = to_->client->request(run.text);
  if (to_->model->stream) stream_.emplace(to_->dialect->read_stream());
  if (run.gates[of.key.variant]->endpoints().size() > 1) of.endpoint = to_->name;
  by_.ordinal = of.key.ordinal;
  by_.began = place.began();
  ++run.counts.requests;
  run.counts.retries += of.attempts++ > 0;
}

providers::outcome attempt::parse(const result<io::http_response>& response) {
  if (!response) return from_transport(response.error());
  if (stream_ && response->is_success()) return stream_->finish(*response, received_);
  return to_->dialect->parse(*response, received_);
}

providers::outcome attempt::read(const result<io::http_response>& response) {
  received_ = std::chrono::system_clock::now();
  by_.ended = steady_clock::now();
  if (response) note_times(*response);
  auto outcome = parse(response);
  if (outcome) return outcome;
  failure why = std::move(outcome).error();
  if (why.status == 404) why.message += fmt::format(" (asked: {})", to_->client->usual_url());
  why.message = to_->without_key(std::move(why.message));
  return why;
}

void attempt::note_times(const io::http_response& response) {
  const auto since_written = [&](steady_clock::time_point at) {
    return at == steady_clock::time_point() ? 0 : microseconds(at - response.written);
  };
  of_->latency_us = since_written(response.last_byte);
  if (!stream_) return;
  of_->first_byte_us = since_written(response.first_byte);
  of_->first_token_us = since_written(stream_->first_token);
  of_->last_token_us = since_written(stream_->last_token);
}

providers::failure from_transport(const error& why) {
  switch (why.code) {
    case errc::timeout: return {failure_kind::timeout, 0, why.message, {}};
    case errc::protocol: return {failure_kind::invalid_response, 0, why.message, {}};
    default: return {failure_kind::network, 0, why.message, {}};
  }
}

bool is_untrusted(const result<io::http_response>& response) {
  return !response && response.error().code == errc::certificate;
}

settlement settlement_of(const result<io::http_response>& response,
                         const providers::outcome& outcome, bool is_proven) {
  settlement with;
  with.billed = may_be_billed(response);
  if (outcome) {
    with.how = gate::ending::answered;
    with.used = outcome->usage;
    return with;
  }
  if (!is_untrusted(response)) with.how = ending_of(outcome.error(), is_proven);
  with.retry_after = outcome.error().retry_after;
  return with;
}

bool is_blank(const providers::completion& answer) {
  return answer.finish == providers::finish::stop && answer.text.empty() &&
         answer.reasoning.empty() && answer.refusal.empty() && answer.tool_calls.empty() &&
         answer.usage.output <= 0;
}

}  // namespace retort::engine
