#include "io/http/http_tunnel.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <string>
#include <string_view>

#include "io/http/http_message.hpp"
#include "io/http/http_wire.hpp"

namespace retort::io {
namespace {

std::string base64(std::string_view text) {
  std::string out(4 * ((text.size() + 2) / 3), '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                  reinterpret_cast<const unsigned char*>(text.data()),
                  static_cast<int>(text.size()));
  return out;
}

std::string connect_request(const url& target, const url& proxy) {
  std::string out = fmt::format("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n", target.authority());
  if (!proxy.userinfo.empty()) {
    out += "Proxy-Authorization: Basic " + base64(proxy.userinfo) + "\r\n";
  }
  return out + "\r\n";
}

// Never with the userinfo.
error refusal(int status, const url& target, const url& proxy) {
  std::string said = fmt::format("the proxy {} answered {} to CONNECT {}", proxy.authority(),
                                 status, target.authority());
  const bool for_good = status == 407 || status == 403;
  if (!for_good) return {errc::connect, std::move(said)};
  return {errc::proxy, said + " (who we are to it, user and password, stands in HTTPS_PROXY)"};
}

}  // namespace

awaitable<result<void>> open_tunnel(stream* through, const url* target, const url* proxy) {
  const std::string request = connect_request(*target, *proxy);
  http_response answer;
  http_round asking(through, request, &answer);
  auto answered = co_await complete(&asking, through);
  if (!answered) co_return error{errc::connect, "proxy: " + answered.error().message};
  if (answer.status / 100 != 2) co_return refusal(answer.status, *target, *proxy);
  if (!asking.surplus().empty())
    co_return error{errc::connect, "the proxy sent more than its answer"};
  co_return result<void>();
}

}  // namespace retort::io
