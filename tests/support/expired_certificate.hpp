// A certificate for 127.0.0.1 that signs itself and was valid until yesterday. Any thread.
#pragma once

#include "tools/mock/server/certificate.hpp"

namespace retort::test {

mock::certificate expired_certificate();

}  // namespace retort::test
