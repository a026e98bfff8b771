import tseslint from "typescript-eslint";

const skippedValidation = {
  selector: "Property[key.name='skipValidation']",
  message: "validations are the product: they are never skipped",
};

export default tseslint.config(
  { ignores: ["node_modules/", "dist/", "cdktf.out/", ".cache/"] },
  ...tseslint.configs.recommendedTypeChecked.map((config) => ({ ...config, files: ["**/*.ts"] })),
  {
    files: ["**/*.ts"],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Arguments of Terraform are JSON of every shape: String() of one is what a finding shows.
      "@typescript-eslint/no-base-to-string": "off",
      // Functions that are passed on by name here do not use `this`; the compiler checks those that do.
      "@typescript-eslint/unbound-method": "off",
      // An interface asks for a promise of work that one implementation does at once.
      "@typescript-eslint/require-await": "off",
    },
  },
  {
    files: ["**/*.ts"],
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/ban-ts-comment": "error",
      "max-lines-per-function": ["error", { max: 70, skipBlankLines: true, skipComments: true }],
      "max-lines": ["error", { max: 450, skipBlankLines: true, skipComments: true }],
      eqeqeq: "error",
      "no-restricted-imports": [
        "error",
        {
          paths: ["aws", "kubernetes", "helm"].map((name) => ({
            name: `@cdktf/provider-${name}`,
            message:
              "import the one resource from /lib/…: the root loads every resource of the provider (17 s, 1.4 GiB)",
          })),
        },
      ],
      "no-restricted-syntax": ["error", skippedValidation],
    },
  },
  {
    files: ["**/*.ts"],
    ignores: ["contract/**", "__tests__/**"],
    rules: {
      "no-restricted-syntax": [
        "error",
        skippedValidation,
        ...["Literal[value=/plimsoll\\.dev\\//]", "TemplateElement[value.raw=/plimsoll\\.dev\\//]"].map((selector) => ({
          selector,
          message: "labels and annotations of the platform are named in contract/index.ts only",
        })),
      ],
    },
  },
  {
    files: ["__tests__/**/*.ts"],
    rules: {
      "max-lines-per-function": "off",
      "max-lines": "off",
      // jest's matchers, such as expect.any, are of type any.
      "@typescript-eslint/no-unsafe-assignment": "off",
    },
  },
);
