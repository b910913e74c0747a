#include "tests/support/redis_process.hpp"

#include <stdexcept>

#include "engine/serve/free_ports.hpp"
#include "tests/support/eventually.hpp"
#include "tools/mock/server/certificate.hpp"

namespace retort::test {
namespace {

constexpr int most_tries = 10;

// One that was free a moment ago: others draw as well.
std::uint16_t drawn_port() { return engine::free_ports(1).value().front(); }

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

io::redis_link::deadline in_time() {
  return std::chrono::steady_clock::now() + std::chrono::seconds(10);
}

redis_process::redis_process(redis_options how) : how_(std::move(how)) {
  if (how_.tls) {
    const auto made = mock::make_certificate(how_.host).value();
    ca_file_ = files_.file("ca.pem", made.ca_pem);
    files_.file("chain.pem", made.chain_pem);
    files_.file("key.pem", made.key_pem);
  }
  port_ = how_.port != 0 ? how_.port : drawn_port();
  for (int tries = 1; !listens(); ++tries) {
    if (tries == most_tries || !has(server_->output(), "Address already in use")) fail();
    port_ = drawn_port();
  }
}

io::redis_server redis_process::address() const {
  io::redis_server out;
  out.host = "127.0.0.1";
  out.port = port_;
  out.tls = how_.tls;
  out.password = how_.password;
  out.ca_file = ca_file_;
  return out;
}

void redis_process::start() {
  if (!listens()) fail();
}

// Asked at its port, a stranger who has it would answer.
bool redis_process::listens() {
  const std::string port = std::to_string(port_);
  std::vector<std::string> words{"/usr/bin/redis-server", "--bind", "127.0.0.1", "--save",     "",
                                 "--appendonly",          "no",     "--dir",     files_.path()};
  const std::vector<std::string> plain{"--port", port};
  const std::vector<std::string> tls{"--port",
                                     "0",
                                     "--tls-port",
                                     port,
                                     "--tls-cert-file",
                                     files_.path() + "/chain.pem",
                                     "--tls-key-file",
                                     files_.path() + "/key.pem",
                                     "--tls-auth-clients",
                                     "no"};
  const auto& listening = how_.tls ? tls : plain;
  words.insert(words.end(), listening.begin(), listening.end());
  words.insert(words.end(), how_.more.begin(), how_.more.end());
  if (!how_.password.empty()) words.insert(words.end(), {"--requirepass", how_.password});
  command what;
  what.words = std::move(words);
  what.output = files_.path() + "/output";
  what.errors = files_.path() + "/errors";
  server_ = std::make_unique<child_process>(what);
  const auto is_ready = [this] { return has(server_->output(), "Ready to accept"); };
  (void)eventually([&] { return is_ready() || !server_->is_running(); });
  return is_ready();
}

void redis_process::fail() const { throw std::runtime_error("redis-server: " + server_->output()); }

void redis_process::kill() { server_.reset(); }

std::vector<std::string> redis_process::say(const std::vector<std::string>& words) const {
  auto link = io::redis_link::open(address(), in_time()).value();
  return link->call(words, in_time()).value().words;
}

}  // namespace retort::test
