#include "io/net/service_lookup.hpp"

#include <arpa/nameser.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>

#include <algorithm>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace retort::io {
namespace {

// With three name servers that do not answer this is ten seconds.
constexpr int most_seconds = 2, most_times = 2;

using resolver_state = struct __res_state;  // a function has the same name

struct resolver_closer {
  void operator()(resolver_state* state) const {
    ::res_nclose(state);
    delete state;
  }
};

void ask_only(resolver_state& state, const name_server& at) {
  sockaddr_in& first = state.nsaddr_list[0];
  first = {};
  first.sin_family = AF_INET;
  first.sin_port = htons(at.port());
  first.sin_addr.s_addr = htonl(at.address().to_v4().to_uint());
  state.nscount = 1;
}

error no_answer(const std::string& name, int why) {
  if (why == HOST_NOT_FOUND) return {errc::resolve, name + ": there is no such name (DNS)"};
  if (why == NO_DATA) return {errc::resolve, name + " has no SRV record (DNS)"};
  return {errc::resolve, name + ": no name server (DNS) answers, or they cannot say"};
}

result<service_records> ask(const std::string& name, const std::optional<name_server>& at) {
  auto opening = std::make_unique<resolver_state>();
  if (::res_ninit(opening.get()) != 0) return no_answer(name, NO_RECOVERY);
  const std::unique_ptr<resolver_state, resolver_closer> state(opening.release());
  state->retrans = std::min(state->retrans, most_seconds);
  state->retry = std::min(state->retry, most_times);
  state->options |= RES_USE_EDNS0;  // more than 512 bytes by UDP
  if (at) ask_only(*state, *at);
  std::vector<unsigned char> answer(NS_MAXMSG);
  const int size = ::res_nquery(state.get(), name.c_str(), ns_c_in, ns_t_srv, answer.data(),
                                static_cast<int>(answer.size()));
  if (size < 0) return no_answer(name, state->res_h_errno);
  return read_service_records(
      {answer.data(), std::min(answer.size(), static_cast<std::size_t>(size))}, name);
}

}  // namespace

std::future<result<service_records>> look_up_service(const std::string& name,
                                                     std::optional<name_server> at) {
  std::packaged_task<result<service_records>()> task([name, at] { return ask(name, at); });
  auto answer = task.get_future();
  try {
    std::thread(std::move(task)).detach();
  } catch (const std::system_error& none) {  // no thread is to be had: that may pass
    std::promise<result<service_records>> told;
    told.set_value(error{errc::resolve, fmt::format("{}: {}", name, none.what())});
    return told.get_future();
  }
  return answer;
}

error unanswered(const std::string& name) {
  return {errc::resolve, fmt::format("{}: no name server (DNS) answers within {} s", name,
                                     service_patience.count())};
}

}  // namespace retort::io
