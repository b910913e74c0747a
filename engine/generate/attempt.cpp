#include "engine/generate/attempt.hpp"

#include <fmt/format.h>

#include "engine/quota/request_bound.hpp"

namespace retort::engine {
namespace {

using providers::failure;
using providers::failure_kind;
using std::chrono::steady_clock;

std::int64_t microseconds(steady_clock::duration time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
}

// Who answers with a 4xx lives.
entrance::ending ending_of(const failure& why, bool is_proven) {
  switch (why.kind) {
    case failure_kind::rate_limited: return entrance::ending::rate_limited;
    case failure_kind::overloaded:
      return is_proven || why.status != 503 ? entrance::ending::overloaded
                                            : entrance::ending::broken;
    case failure_kind::server_error:
    case failure_kind::timeout:
    case failure_kind::network:
      return why.status >= 400 && why.status < 500 ? entrance::ending::other
                                                   : entrance::ending::broken;
    default: return entrance::ending::other;
  }
}

}  // namespace

void append_body(const endpoint& to, const question& asked, std::string& out) {
  const auto how = delivery_of(*to.model);
  if (asked.k == 0 || !asked.sampling->seed) {
    return to.dialect->append_body({to.model->model, *asked.messages, *asked.sampling, how}, out);
  }
  providers::sampling own = *asked.sampling;
  own.seed = *own.seed + asked.k;
  to.dialect->append_body({to.model->model, *asked.messages, own, how}, out);
}

std::size_t prompt_bytes(const question& asked) {
  std::size_t sum = read_besides(*asked.sampling);
  for (const auto& one : *asked.messages) sum += one.content.size();
  return sum;
}

std::size_t most_input_of(generator& by, const admission& gate, const question& asked) {
  by.body.clear();
  append_body(*gate.endpoints().front(), asked, by.body);
  return most_input(by.body.size(), *asked.sampling);
}

demand demand_of(generator& by, admission& gate, const question& asked) {
  demand out;
  out.prompt_bytes = prompt_bytes(asked);
  if (gate.has_budget()) out.most_input = most_input_of(by, gate, asked);
  out.most_output = asked.most_output;
  out.prefix = gate.prefix_of(*asked.messages);
  return out;
}

attempt::attempt(generator& by, const admission& gate, const permit& place, const question& asked,
                 const tries& before, generation& of)
    : to_(&place.at()), of_(&of) {
  by.body.clear();
  append_body(*to_, asked, by.body);
  request_ = to_->client->request(by.body);
  if (to_->model->stream) stream_.emplace(to_->dialect->read_stream());
  if (gate.endpoints().size() > 1) of.endpoint = to_->name;
  by_.ordinal = asked.who;
  by_.began = place.began();
  by_.before = before.last;
  ++by.requests;
  by.retries += of.attempts++ > 0;
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
  if (!outcome) outcome = told(std::move(outcome).error());
  return outcome;
}

failure attempt::told(failure why) const {
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
    case errc::proxy: return {failure_kind::authentication, 0, why.message, {}};
    case errc::protocol: break;
    default: return {failure_kind::network, 0, why.message, {}};
  }
  failure out{failure_kind::invalid_response, 0, why.message, {}};
  out.foreign = true;
  return out;
}

bool may_be_billed(const providers::outcome& what) {
  if (what || what.error().begun) return true;
  if (what.error().status >= 400) return false;
  switch (what.error().kind) {
    case failure_kind::invalid_response:
    case failure_kind::content_filter:
    case failure_kind::network: return true;
    default: return false;
  }
}

bool is_untrusted(const result<io::http_response>& response) {
  return !response && response.error().code == errc::certificate;
}

receipt receipt_of(const result<io::http_response>& response, const providers::outcome& outcome,
                   bool is_proven) {
  receipt with;
  with.billed =
      response ? response->is_success() && may_be_billed(outcome) : !response.error().unsent;
  if (outcome) {
    with.how = entrance::ending::answered;
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
