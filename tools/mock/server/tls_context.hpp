// The server side of TLS: at least version 1.2, sessions resumed by ticket. Any thread.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "io/base/error.hpp"
#include "tools/mock/faults/options.hpp"

namespace retort::mock {

struct tls_identity {
  std::unique_ptr<boost::asio::ssl::context> context;
  std::string ca_pem;  // what a client must trust
};

// With the certificate that the options name, or one made on the spot.
result<tls_identity> make_tls(const options& chosen);

}  // namespace retort::mock
