#include "adapters/s3/xml.hpp"

#include <gtest/gtest.h>

namespace slipway::adapters::s3 {
namespace {

TEST(Xml, ReadsElementsWhateverTheirNamespace) {
    for (const std::string_view text :
         {"<R><A>1</A><B>x &lt;&amp;&#65;</B><A>2</A></R>",
          "  \n<?xml version=\"1.0\"?>\n<R xmlns=\"urn:x\"><A>1</A><B>x "
          "&lt;&amp;&#65;</B><A>2</A></R>",
          "<?xml version=\"1.0\"?>   \n <s:R xmlns:s=\"urn:x\"><s:A>1</s:A><s:B>x "
          "<![CDATA[<&]]>A</s:B><!-- c --><s:A>2</s:A></s:R> "}) {
        const auto document = XmlDocument::parse(text);
        ASSERT_TRUE(document) << document.error().detail;
        const auto root = document->root();
        EXPECT_EQ(root.name(), "R");
        EXPECT_EQ(root.children("A").size(), 2U);
        EXPECT_EQ(root.text_of("B"), "x <&A");
        EXPECT_EQ(root.number_of("A"), 1U);
        EXPECT_EQ(root.text_of("C"), std::nullopt);
    }
}

TEST(Xml, KeepsWhiteSpaceThatIsAllThereIs) {
    EXPECT_EQ(XmlDocument::parse("<R><K>  </K></R>")->root().text_of("K"), "  ");
    EXPECT_EQ(XmlDocument::parse("<R><K> a </K></R>")->root().text_of("K"), " a ");
}

TEST(Xml, RefusesWhatIsNotOneWellFormedDocument) {
    for (const std::string& text :
         {std::string(), std::string("   "), std::string("text"), std::string("<R>"),
          std::string("<R></S>"), std::string("<R/><R/>"), std::string("<R><A></R>"),
          std::string("<!DOCTYPE R [<!ENTITY e \"x\">]><R>&e;</R>"), std::string("<R>\0</R>", 8),
          "<R>" + std::string(XmlDocument::kMaxSize, 'x') + "</R>"}) {
        const auto document = XmlDocument::parse(text);
        ASSERT_FALSE(document) << text.substr(0, 80);
        EXPECT_EQ(document.error().code, Errc::invalid);
    }
}

TEST(Xml, ADocumentMayBeAsLargeAsItsLimit) {
    const std::string text =
        "<R>" + std::string(XmlDocument::kMaxSize - std::string_view("<R></R>").size(), 'x') +
        "</R>";
    ASSERT_EQ(text.size(), XmlDocument::kMaxSize);
    EXPECT_TRUE(XmlDocument::parse(text));
    EXPECT_FALSE(XmlDocument::parse(text + " "));
}

TEST(Xml, NestingOfAnyDepthDoesNoHarm) {
    std::string text;
    for (int i = 0; i < 200'000; ++i) {
        text += "<a>";
    }
    EXPECT_FALSE(XmlDocument::parse(text));
    for (int i = 0; i < 200'000; ++i) {
        text += "</a>";
    }
    EXPECT_TRUE(XmlDocument::parse(text));
}

TEST(Xml, NumbersAreWholeAndWithoutSign) {
    for (const std::string_view bad :
         {"", "-1", "+1", "1 ", " 1", "1.0", "0x1", "18446744073709551616"}) {
        const auto text = "<R><N>" + std::string(bad) + "</N></R>";
        EXPECT_EQ(XmlDocument::parse(text)->root().number_of("N"), std::nullopt) << bad;
    }
    EXPECT_EQ(XmlDocument::parse("<R><N>18446744073709551615</N></R>")->root().number_of("N"),
              18446744073709551615U);
}

TEST(Xml, WhatIsWrittenIsReadAgain) {
    XmlWriter xml("R");
    xml.open("A").element("B", "<&>\"'\r\n ü").close("A");
    const auto text = std::move(xml).finish();
    const auto document = XmlDocument::parse(text);
    ASSERT_TRUE(document) << text;
    EXPECT_EQ(document->root().child("A")->text_of("B"), "<&>\"'\r\n ü");
    EXPECT_TRUE(text.contains("<R xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"));
}

}  // namespace
}  // namespace slipway::adapters::s3
