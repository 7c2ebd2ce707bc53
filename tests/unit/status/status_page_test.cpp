// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/http/status_page.hpp"

#include "tests/support/status_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd::test {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string page_of(const AccountStatus& status) {
  return status_page({{status}}, "1.2.3", kStatusNow);
}

TEST(StatusPage, SaysWhatToDoAboutWhatIsHeld) {
  EXPECT_THAT(page_of(troubled_account()),
              HasSubstr("<code>authzd approve " + std::string(64, 'b') +
                        " --config /srv/authzd.yaml</code>"));
}

TEST(StatusPage, ShowsNoMarkupFromOutside) {
  AccountStatus status = troubled_account();
  status.name = "<script>alert(1)</script>";
  status.ready.message = "a.yaml: \"><img src=x onerror='alert(1)'>&amp;";
  status.failing.front().message = "<iframe>";

  const std::string page = page_of(status);

  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_THAT(page, Not(HasSubstr("<iframe")));
  EXPECT_THAT(page, HasSubstr("&quot;&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;amp;"));
}

TEST(StatusPage, ShowsAnAccountBeforeItsFirstCycle) {
  AccountStatus fresh;
  fresh.name = "fresh";
  EXPECT_THAT(page_of(fresh), HasSubstr("none has ended yet"));
}

TEST(StatusPage, TellsHowLongAgo) {
  EXPECT_THAT(page_of(healthy_account()), HasSubstr("in 3m"));
}

}  // namespace
}  // namespace authzd::test
