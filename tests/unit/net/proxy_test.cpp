// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/proxy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

namespace authzd {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Rule {
  std::string_view no_proxy;
  std::string_view host;
  bool straight;
  std::uint16_t port = 443;
};

void PrintTo(const Rule& rule, std::ostream* out) {
  *out << '"' << rule.no_proxy << "\" and " << rule.host << ':' << rule.port;
}

class NoProxyRule : public ::testing::TestWithParam<Rule> {};

TEST_P(NoProxyRule, SaysWhichWayToGo) {
  const Rule& rule = GetParam();
  const Origin origin{"https", std::string(rule.host), rule.port};

  EXPECT_EQ(NoProxy(rule.no_proxy).covers(origin), rule.straight);
}

constexpr Rule kRules[] = {
    // nothing, and everything
    {"", "iam.cloud.ibm.com", false},
    {" , ,", "iam.cloud.ibm.com", false},
    {"*", "iam.cloud.ibm.com", true},
    {"other.example, *", "10.0.0.1", true},
    // a name: the host, and everything below it
    {"iam.cloud.ibm.com", "iam.cloud.ibm.com", true},
    {"IAM.Cloud.IBM.com", "iam.cloud.ibm.com", true},
    {"iam.cloud.ibm.com", "iam.cloud.ibm.com.", true},
    {"ibm.com", "iam.cloud.ibm.com", true},
    {"ibm.com", "notibm.com", false},
    {"iam.cloud.ibm.com", "ibm.com", false},
    {"example.com iam.cloud.ibm.com", "iam.cloud.ibm.com", true},
    // below a name
    {".ibm.com", "iam.cloud.ibm.com", true},
    {".ibm.com", "ibm.com", false},
    {".ibm.com", "notibm.com", false},
    {"*.ibm.com", "iam.cloud.ibm.com", true},
    {"*.ibm.com", "ibm.com", false},
    // one port
    {"ibm.com:443", "iam.cloud.ibm.com", true},
    {"ibm.com:8443", "iam.cloud.ibm.com", false},
    {"ibm.com:8443", "iam.cloud.ibm.com", true, 8443},
    {"ibm.com:none", "iam.cloud.ibm.com", false},
    {"10.1.2.3:443", "10.1.2.3", true},
    {"[2001:db8::1]:443", "2001:db8::1", true},
    {"[2001:db8::1]:80", "2001:db8::1", false},
    // addresses
    {"10.1.2.3", "10.1.2.3", true},
    {"10.1.2.3", "10.1.2.30", false},
    {"2001:DB8:0:0::1", "2001:db8::1", true},
    {"[2001:db8::1]", "2001:db8::1", true},
    {"10.1.2.3", "::ffff:10.1.2.3", true},
    // networks; a name is not looked up
    {"10.0.0.0/8", "10.255.1.2", true},
    {"10.0.0.0/8", "11.0.0.1", false},
    {"10.1.2.128/25", "10.1.2.127", false},
    {"10.1.2.128/25", "10.1.2.200", true},
    {"0.0.0.0/0", "8.8.8.8", true},
    {"10.1.2.3/32", "10.1.2.3", true},
    {"10.0.0.0/33", "10.0.0.1", false},
    {"10.0.0.0/x", "10.0.0.1", false},
    {"2001:db8::/32", "2001:db8:1::1", true},
    {"2001:db8::/32", "2001:db9::1", false},
    {"0.0.0.0/0", "2001:db8::1", false},
    {"10.0.0.0/8", "ten.example", false},
    // anything else matches nothing
    {"[", "iam.cloud.ibm.com", false},
    {":443", "iam.cloud.ibm.com", false},
};

INSTANTIATE_TEST_SUITE_P(Table, NoProxyRule, ::testing::ValuesIn(kRules));

std::string read_as(std::string_view url) {
  const auto proxy = parse_proxy(url);
  if (!proxy) return "error: " + proxy.error().message;
  return proxy->name() + " " + std::string(proxy->authorization.reveal());
}

TEST(Proxy, IsReadFromAUrl) {
  EXPECT_EQ(read_as("http://proxy.example:3128"), "proxy.example:3128 ");
  EXPECT_EQ(read_as("http://Proxy.Example:3128/"), "proxy.example:3128 ");
  EXPECT_EQ(read_as("proxy.example:3128"), "proxy.example:3128 ");
  EXPECT_EQ(read_as("HTTP://proxy.example"), "proxy.example:80 ");
  EXPECT_EQ(read_as("http://[2001:db8::1]:3128"), "[2001:db8::1]:3128 ");
}

TEST(Proxy, TakesUserAndPasswordFromItsUrl) {
  EXPECT_EQ(read_as("http://user:pass@proxy.example:1"), "proxy.example:1 Basic dXNlcjpwYXNz");
  EXPECT_EQ(read_as("user:pass@proxy.example:1"), "proxy.example:1 Basic dXNlcjpwYXNz");
  EXPECT_EQ(read_as("http://user@proxy.example:1"), "proxy.example:1 Basic dXNlcjo=");
  // p@s:s/, the first in three letters, and a literal percent sign.
  EXPECT_EQ(read_as("http://u:p%40s:s%2f@proxy.example:1"), "proxy.example:1 Basic dTpwQHM6cy8=");
  EXPECT_EQ(read_as("http://u:5%@proxy.example:1"), "proxy.example:1 Basic dTo1JQ==");
}

TEST(Proxy, IsHandedOnToAnotherProgramWithoutWhatThatMightReadOtherwise) {
  EXPECT_EQ(parse_proxy("Proxy.Example/")->url.reveal(), "http://proxy.example:80");
  EXPECT_EQ(parse_proxy("u:p%40s:s%2f@[::1]:1")->url.reveal(), "http://u:p%40s%3As%2F@[::1]:1");
}

TEST(Proxy, SaysWhatIsWrongAndShowsNothingOfTheUrl) {
  for (const std::string_view url : {"https://user:s3cret@proxy.example:3128",
                                     "socks5://user:s3cret@proxy.example:1080",
                                     "http://user:s3cret@",
                                     "http://user:s3cret@proxy.example:port",
                                     "http://user:s3cret@proxy.example:0",
                                     "http://user:s3cret@proxy.example:70000",
                                     "http://user:s3cret@pro xy:1",
                                     "http://user:s3cret@[::1",
                                     "http://user:s3cret@[proxy]:1",
                                     "http://user:s3cret@proxy:s3cret:1",
                                     "http://user:s3cret:3128",
                                     "http://proxy.example:3128/s3cret"}) {
    const auto proxy = parse_proxy(url);
    ASSERT_FALSE(proxy) << url;
    EXPECT_EQ(proxy.error().code, ErrorCode::invalid_config);
    EXPECT_THAT(proxy.error().message, HasSubstr("write http://[user:password@]host:port"));
    EXPECT_THAT(proxy.error().message, Not(HasSubstr("s3cret")));
  }
  EXPECT_THAT(read_as("https://proxy.example"), HasSubstr("TLS to the proxy itself"));
}

const Proxy* way(const ProxySettings& settings, std::string_view url) {
  return settings.way_to(parse_base_url(url)->origin);
}

TEST(ProxySettings, LeadThroughTheProxyButForItsExceptions) {
  const auto settings = ProxySettings::parse("http://proxy.example:3128", "private.example");
  ASSERT_TRUE(settings);

  ASSERT_NE(way(*settings, "https://iam.cloud.ibm.com"), nullptr);
  EXPECT_EQ(way(*settings, "https://iam.cloud.ibm.com")->host, "proxy.example");
  EXPECT_EQ(way(*settings, "https://private.example"), nullptr);
  EXPECT_EQ(way(ProxySettings(), "https://iam.cloud.ibm.com"), nullptr);
  EXPECT_EQ(way(*ProxySettings::parse(" ", "x"), "https://iam.cloud.ibm.com"), nullptr);
}

TEST(ProxySettings, NeverLeadLoopbackOrTheMetadataServiceThroughAProxy) {
  const auto settings = ProxySettings::parse("http://proxy.example:3128", "");
  ASSERT_TRUE(settings);

  for (const std::string_view url : {"http://169.254.169.254",
                                     "https://169.254.169.254",
                                     "http://127.0.0.1:8080",
                                     "https://127.1.2.3",
                                     "https://localhost:8443",
                                     "https://[::1]:8443"}) {
    EXPECT_EQ(way(*settings, url), nullptr) << url;
  }
}

TEST(ProxySettings, NameTheVariableThatIsWrong) {
  const auto settings = ProxySettings::parse("https://proxy.example", "");

  ASSERT_FALSE(settings);
  EXPECT_THAT(settings.error().message, HasSubstr("HTTPS_PROXY is no proxy"));
}

}  // namespace
}  // namespace authzd
