// A certificate made on the spot: an authority of its own that lives in memory and one leaf signed
// by it, both EC P-256, valid for a year. The authority's key is thrown away. Any thread.
#pragma once

#include <string>

#include "io/base/error.hpp"

namespace retort::mock {

struct certificate {
  std::string ca_pem;     // what a client must trust
  std::string chain_pem;  // what the server presents
  std::string key_pem;    // its private key
};

// For a host name or an IP address; empty: for localhost, 127.0.0.1 and ::1.
result<certificate> make_certificate(const std::string& host_name);

}  // namespace retort::mock
